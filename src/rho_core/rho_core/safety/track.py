# SPDX-License-Identifier: Apache-2.0
"""One cause over time: when it comes into force, what it becomes, and when it ends."""

from __future__ import annotations

from rho_core.safety.cause import Cause
from rho_core.safety.finding import Finding
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Clear
from rho_core.safety.trip_timer import TripTimer

_REFRESH_NS = 1_000_000_000


class Track:
    """Follows a fault from its first sight until nothing is left of it."""

    __slots__ = ('_cause', '_escalation', '_gone_ns', '_since_ns', '_told_ns', '_trip', 'finding',
                 'is_in_force', 'is_present', 'last_seen_ns', 'permit')

    def __init__(self, finding: Finding) -> None:
        """Start before the first sight of the fault."""
        reaction = finding.reaction
        self.finding = finding
        self.permit = reaction.permit
        self.is_present = False
        self.is_in_force = False
        self.last_seen_ns: int | None = None
        self._trip = TripTimer(reaction.trip_after_ns)
        self._escalation = TripTimer(reaction.escalate_after_ns)
        self._gone_ns = 0
        self._since_ns = 0
        self._told_ns = 0
        self._cause: Cause | None = None

    @property
    def is_latched(self) -> bool:
        """Whether only a reset ends it, or nothing."""
        return self.is_in_force and (self.permit is Permit.STOP
                                     or self.finding.reaction.is_latched)

    @property
    def is_final(self) -> bool:
        """Whether not even a reset ends it."""
        return self.is_in_force and self.finding.reaction.clear is Clear.NEVER

    @property
    def is_over(self) -> bool:
        """Whether it can be forgotten."""
        return (not self.is_present and not self.is_in_force and self._trip.is_full
                and self._escalation.is_full)

    def see(self, finding: Finding, now_ns: int, steady_ns: int, elapsed_ns: int) -> None:
        """Count a decision in which the fault is present."""
        if not self.is_present:
            self.is_present = True
            self._cause = None
            if not self.is_in_force:
                self._since_ns = now_ns
        self.finding = finding
        self.last_seen_ns = steady_ns
        self._gone_ns = 0
        if not self.is_in_force:
            self._trip.run(elapsed_ns)
            if not self._trip.has_tripped:
                return
            self.is_in_force = True
        if finding.reaction.escalate_after_ns:
            self._escalation.run(elapsed_ns)

    def miss(self, elapsed_ns: int) -> None:
        """Count a decision in which the fault is absent."""
        if self.is_present:
            self.is_present = False
            self._cause = None
        self._trip.recover(elapsed_ns)
        if self.is_in_force and not self.is_latched:
            self._gone_ns += elapsed_ns
            if self._gone_ns >= self.finding.reaction.clear_after_ns:
                self.end()
        if self.is_in_force and self.permit is not Permit.STOP:
            if self.finding.reaction.escalate_after_ns:
                self._escalation.run(elapsed_ns)
        else:
            self._escalation.recover(elapsed_ns)

    def settle(self, *, can_execute: bool) -> None:
        """Fall through to what can be done: SLOW of nothing is HOLD, what is not heard is STOP.

        Args:
            can_execute: whether the arms can be told to go slowly or to hold.
        """
        if self.permit is Permit.STOP:
            return
        permit = self.finding.reaction.permit
        if permit is Permit.SLOW and not self.finding.speed_scale > 0.0:
            permit = Permit.HOLD
        if not can_execute or (self.finding.reaction.escalate_after_ns
                               and self._escalation.has_tripped):
            permit = Permit.STOP
        if permit is not self.permit:
            self.permit = permit
            self._cause = None

    def end(self) -> None:
        """Be in force no longer. What the timers have counted stays."""
        self.is_in_force = False
        self.permit = self.finding.reaction.permit
        self._gone_ns = 0
        self._cause = None

    def cause(self, steady_ns: int) -> Cause:
        """Return it for others to see; figures in the text may be a second old."""
        cause = self._cause
        if cause is None or (self.is_present and steady_ns - self._told_ns >= _REFRESH_NS):
            self._told_ns = steady_ns
            cause = self._cause = Cause(
                id=self.finding.id,
                arms=self.finding.arms,
                permit=self.permit,
                active=self.is_present,
                detail=self.finding.detail,
                since_ns=self._since_ns,
            )
        return cause
