# SPDX-License-Identifier: Apache-2.0
"""Whether the arms get their trajectories while a policy runs."""

from __future__ import annotations

from rho_core.safety.observation import PolicyActivity
from rho_core.safety.rules import WatchdogRules
from rho_core.streams.monitor import FaultKind
from rho_core.streams.monitor import StreamFault
from rho_core.streams.monitor import StreamMonitor


class CommandWatch:
    """Demands trajectories for all arms while a policy runs.

    The demand begins with the policy's word that it runs or with the first trajectory, whichever
    comes first, and ends with its word that it rests. It watches the trajectories themselves: a
    heartbeat could outlive a dead planner. While the policy's last word is that it rests, a
    trajectory is somebody else's: one motion that ends by itself, and no promise of more.
    """

    def __init__(self, rules: WatchdogRules) -> None:
        """Demand nothing yet."""
        self._deadline_ns = rules.command_deadline_ns
        self._monitors = {
            arm: StreamMonitor(deadline_ns=rules.command_deadline_ns,
                               max_lead_ns=rules.command_lead_ns)
            for arm in rules.arms
        }
        self._since_ns: int | None = None
        self._newest_ns = 0
        self._released_ns = 0
        self._is_policy_resting = False

    @property
    def is_demanding(self) -> bool:
        """Whether trajectories must come now."""
        return self._since_ns is not None

    def observe(self, arm: str, stamp_ns: int, received_ns: int, now_ns: int) -> None:
        """Take note of a trajectory."""
        if self._since_ns is None:
            if self._is_policy_resting:
                return
            self._since_ns = received_ns
        self._newest_ns = now_ns
        self._monitors[arm].observe(stamp_ns, received_ns)

    def hear(self, activity: PolicyActivity, received_ns: int) -> None:
        """Take note of the policy's word.

        A word that it rests counts if it is newer than the last trajectory, one that it runs if
        it is newer than the end of the last demand.
        """
        if activity.is_running:
            self._is_policy_resting = False
            if self._since_ns is None and activity.stamp_ns > self._released_ns:
                self._since_ns = received_ns
        elif activity.stamp_ns > self._newest_ns:
            self._is_policy_resting = True
            self.release(activity.stamp_ns)

    def release(self, now_ns: int) -> None:
        """Demand nothing until the next trajectory, or the policy's next word that it runs."""
        self._since_ns = None
        self._released_ns = now_ns
        for monitor in self._monitors.values():
            monitor.forget()

    def faults(self, now_ns: int, steady_ns: int) -> dict[str, StreamFault]:
        """Return what is wrong, by arm."""
        if self._since_ns is None:
            return {}
        # The other arm's first trajectory may be observed one decision later.
        is_young = steady_ns - self._since_ns <= self._deadline_ns
        found = {}
        for arm, monitor in self._monitors.items():
            fault = monitor.check(now_ns, steady_ns)
            if fault is not None and not (is_young and fault.kind is FaultKind.NEVER):
                found[arm] = fault
        return found
