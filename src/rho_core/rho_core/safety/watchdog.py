# SPDX-License-Identifier: Apache-2.0
"""The watchdog's logic: from observations to permits, without clocks or messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rho_core.errors import Refused
from rho_core.safety.cause import Cause
from rho_core.safety.command_watch import CommandWatch
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.observation import Observation
from rho_core.safety.observation import PolicyActivity
from rho_core.safety.permit import Permit
from rho_core.safety.rules import WatchdogRules
from rho_core.streams.clock_guard import ClockGuard
from rho_core.streams.monitor import StreamMonitor

_NS_PER_S = 1e9
_COMMAND = 'command.'
_START = 'start'
_OPERATOR = 'operator.stop'


class Watchdog:
    """Decides what each arm may do.

    It starts latched, and each stream starts as lost. A fault that means STOP is latched: it
    stays in force after it has gone until a reset, which is refused while one is present and for
    a while after. HOLD and SLOW last as long as their fault.
    """

    def __init__(self, rules: WatchdogRules, *, first_epoch: int = 1) -> None:
        """Start latched.

        Args:
            rules: what to watch.
            first_epoch: must exceed the epochs of an earlier watchdog of the same arms.
        """
        self._rules = rules
        self._epoch = first_epoch
        self._seq = -1
        self._now_ns = 0
        self._clock = ClockGuard(jump_ns=rules.clock_jump_ns, stall_ns=rules.stall_ns)
        self._streams = {
            rule.name: (rule, StreamMonitor(deadline_ns=rule.deadline_ns))
            for rule in rules.streams
        }
        self._commands = CommandWatch(rules)
        self._present: dict[str, Cause] = {}
        self._latched: dict[str, Cause] = {}
        self._last_stop_ns: dict[str, int] = {}

    @property
    def epoch(self) -> int:
        """Grows with each stop and each reset."""
        return self._epoch

    @property
    def is_latched(self) -> bool:
        """Whether a stop waits for a reset."""
        return bool(self._latched)

    def update(
        self,
        now_ns: int,
        steady_ns: int,
        observations: Iterable[Observation] = (),
        policy: PolicyActivity | None = None,
    ) -> SafetyDecision:
        """Decide.

        Args:
            now_ns: ROS time.
            steady_ns: steady time.
            observations: what was received since the last decision.
            policy: what the policy said since then, None: nothing.
        """
        if self._seq < 0:
            self._latch(Cause(id=_START, arms=self._rules.arms, permit=Permit.STOP, active=False,
                              detail='not reset since start', since_ns=now_ns))
        self._seq += 1
        self._now_ns = now_ns
        # The word first: a trajectory that comes with it is judged by it.
        if policy is not None:
            self._commands.hear(policy, steady_ns)
        for item in observations:
            self._observe(item, now_ns)
        found = self._faults(now_ns, steady_ns)
        self._settle(found, steady_ns)
        return self._decide(now_ns)

    def stop(self, now_ns: int, steady_ns: int, detail: str = 'requested') -> None:
        """Stop all arms on an operator's request."""
        self._epoch += 1
        self._last_stop_ns[_OPERATOR] = steady_ns
        self._latch(Cause(id=_OPERATOR, arms=self._rules.arms, permit=Permit.STOP, active=False,
                          detail=detail, since_ns=now_ns))

    def reset(self, steady_ns: int) -> None:
        """End the latch. Also renews the epoch for an arm that stopped by itself.

        Raises:
            Refused: a cause is present or was until just now; the message names it.
        """
        if self._seq < 0:
            raise Refused('reset refused: no decision made yet, try again')
        present = [c for c in self._present.values() if c.permit is Permit.STOP]
        if present:
            raise Refused('reset refused: ' + '; '.join(f'{c.id} ({c.detail})' for c in present))
        recent = {
            name: steady_ns - last_ns
            for name, last_ns in self._last_stop_ns.items()
            if steady_ns - last_ns < self._rules.quiet_ns
        }
        if recent:
            raise Refused('reset refused: ' + '; '.join(
                f'{name} was there {ago_ns / _NS_PER_S:.1f} s ago'
                for name, ago_ns in recent.items()
            ) + f', wait {self._rules.quiet_ns / _NS_PER_S:.1f} s')
        self._latched.clear()
        self._last_stop_ns.clear()
        self._commands.release(self._now_ns)
        self._epoch += 1

    def _observe(self, item: Observation, now_ns: int) -> None:
        if item.stream.startswith(_COMMAND):
            # Trajectories sent into a stop are void; the demand begins anew after the reset.
            if not self._latched:
                self._commands.observe(item.stream[len(_COMMAND):], item.stamp_ns,
                                       item.received_ns, now_ns)
        else:
            self._streams[item.stream][1].observe(item.stamp_ns, item.received_ns)

    def _faults(self, now_ns: int, steady_ns: int) -> dict[str, Cause]:
        """Return the causes that are present."""
        found: dict[str, Cause] = {}

        def add(name: str, detail: str, arms: tuple[str, ...], permit: Permit) -> None:
            known = self._present.get(name)
            found[name] = Cause(
                id=name,
                arms=self._rules.arms if self._rules.is_coupled or not arms else arms,
                permit=permit,
                active=True,
                detail=detail,
                since_ns=now_ns if known is None else known.since_ns,
            )

        jump, stall = self._clock.check(now_ns, steady_ns)
        if jump:
            add('clock.jump', jump, (), Permit.STOP)
        if stall:
            add('watchdog.stall', stall, (), Permit.STOP)
        for name, (rule, monitor) in self._streams.items():
            fault = monitor.check(now_ns, steady_ns)
            if fault is not None:
                add(f'{name}.{fault.kind.value}', fault.detail, rule.arms, rule.permit)
        for arm, fault in self._commands.faults(now_ns, steady_ns).items():
            add(f'{_COMMAND}{arm}.{fault.kind.value}', fault.detail, (arm,), Permit.STOP)
        return found

    def _settle(self, found: dict[str, Cause], steady_ns: int) -> None:
        """Latch what is new, and mark what has gone."""
        is_new_stop = False
        for name, cause in found.items():
            if cause.permit is not Permit.STOP:
                continue
            is_new_stop = is_new_stop or name not in self._present
            self._last_stop_ns[name] = steady_ns
            self._latch(cause)
        for name, cause in self._latched.items():
            if cause.active and name not in found:
                self._latched[name] = replace(cause, active=False)
        self._present = found
        if is_new_stop:
            self._epoch += 1
        if self._latched:
            # The arms stop and their trajectories are void: nobody has to send any.
            self._commands.release(self._now_ns)

    def _latch(self, cause: Cause) -> None:
        known = self._latched.get(cause.id)
        since_ns = cause.since_ns if known is None else known.since_ns
        self._latched[cause.id] = replace(cause, since_ns=since_ns)

    def _decide(self, now_ns: int) -> SafetyDecision:
        causes = list(self._latched.values())
        causes += [c for name, c in self._present.items() if name not in self._latched]
        permits = tuple(
            min((c.permit for c in causes if arm in c.arms), default=Permit.RUN)
            for arm in self._rules.arms
        )
        return SafetyDecision(
            stamp_ns=now_ns,
            seq=self._seq,
            epoch=self._epoch,
            latched=bool(self._latched),
            arms=self._rules.arms,
            permits=permits,
            speed_scales=tuple(self._scale(permit) for permit in permits),
            causes=tuple(causes),
        )

    def _scale(self, permit: Permit) -> float:
        if permit is Permit.SLOW:
            return self._rules.slow_scale
        return 1.0 if permit is Permit.RUN else 0.0
