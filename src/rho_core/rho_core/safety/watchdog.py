# SPDX-License-Identifier: Apache-2.0
"""The watchdog's logic: from observations to permits, without clocks or messages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from rho_core.errors import Refused
from rho_core.safety.arbiter import Arbiter
from rho_core.safety.command_watch import CommandWatch
from rho_core.safety.controller_monitor import ControllerMonitor
from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.estop_monitor import EstopMonitor
from rho_core.safety.finding import Finding
from rho_core.safety.geometry_monitor import GeometryMonitor
from rho_core.safety.permit import Permit
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.reaction import Reaction
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.skew_rule import SkewRule
from rho_core.safety.stop_times import StopTimes
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.stream_watch import StreamWatch
from rho_core.streams.clock_guard import ClockGuard
from rho_core.streams.fault import FaultKind
from rho_core.streams.monitor import StreamMonitor
from rho_core.streams.observation import Observation
from rho_core.streams.skew import SkewMonitor

_STOP = Reaction()
_DEAF = (FaultKind.NEVER, FaultKind.LATE, FaultKind.FUTURE, FaultKind.FAULTY)


class Watchdog:
    """Decides what each arm may do.

    It starts latched, and each stream starts as lost. A fault that means STOP is latched: it
    stays in force after it has gone until a reset, which is refused while one is present and for
    a while after. HOLD and SLOW last as long as their fault, unless their reaction says more.
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
        self._is_latched = True
        self._permits = (Permit.STOP,) * len(rules.arms)
        self._clock = ClockGuard(jump_ns=rules.clock_jump_ns, stall_ns=rules.stall_ns)
        self._arbiter = Arbiter(rules.arms, quiet_ns=rules.quiet_ns)
        self._stop_times = StopTimes(
            rules.arms, is_coupled=rules.is_coupled, max_s=rules.max_stop_time_s)
        self._controllers: dict[str, ControllerMonitor] = {}
        self._speeds: dict[str, float] = {}
        self._watches = {rule.name: self._watch(rule) for rule in rules.streams}
        self._constant = [w for w in self._watches.values()
                          if w.rule.role is not StreamRole.COMMAND]
        self._commands = CommandWatch({
            name: watch for name, watch in self._watches.items()
            if watch.rule.role is StreamRole.COMMAND})
        self._commands.excuse(rules.arms)
        self._skews = [(skew, self._skew_monitor(skew)) for skew in rules.skews]

    @property
    def epoch(self) -> int:
        """Grows with each reset and each stop of all arms."""
        return self._epoch

    @property
    def is_latched(self) -> bool:
        """Whether a cause waits for a reset."""
        return self._is_latched

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
            observations: what was received since the last decision, of each stream in the order
                in which it was received.
            policy: what the policy said since then, None: nothing.

        Returns:
            The decision. Unchanged causes are the same objects as in the last one, which makes
            comparing the tuples cheap; permits, speed scales, stop times and causes each change
            without the others.
        """
        if self._seq < 0:
            self._arbiter.latch(
                self._event('start', 'not reset since start'), now_ns,
                steady_ns - self._rules.quiet_ns)
        self._seq += 1
        self._now_ns = now_ns
        # The word first: a trajectory that comes with it is judged by it.
        if policy is not None:
            self._commands.hear(policy, steady_ns)
        for item in observations:
            self._observe(item, now_ns)
        findings, deaf = self._find(now_ns, steady_ns)
        is_new_stop = self._arbiter.update(findings, now_ns, steady_ns, deaf)
        permits, scales = self._arbiter.permits()
        if is_new_stop and max(permits) is Permit.STOP:
            # With an arm left that may run, a new epoch would free it from a stop of its own.
            self._epoch += 1
        self._follow(permits, now_ns)
        return SafetyDecision(
            stamp_ns=now_ns,
            seq=self._seq,
            epoch=self._epoch,
            latched=self._is_latched,
            arms=self._rules.arms,
            permits=permits,
            speed_scales=scales,
            causes=self._arbiter.causes(steady_ns),
            stop_times_s=self._stop_times.values_s,
        )

    def stop(self, now_ns: int, steady_ns: int, detail: str = 'requested') -> None:
        """Stop all arms on an operator's request."""
        self._epoch += 1
        self._is_latched = True
        self._arbiter.latch(self._event('operator.stop', detail), now_ns, steady_ns)

    def reset(self, steady_ns: int) -> None:
        """End the latch. Also renews the epoch for an arm that stopped by itself.

        Raises:
            Refused: a cause is present or was until just now; the message names it.
        """
        if self._seq < 0:
            raise Refused('reset refused: no decision made yet, try again')
        self._arbiter.reset(steady_ns)
        self._is_latched = False
        self._commands.release(self._now_ns)
        self._epoch += 1
        for monitor in self._controllers.values():
            monitor.reset_epoch = self._epoch

    def _watch(self, rule: StreamRule) -> StreamWatch:
        monitors: list[StreamMonitor] = []
        if rule.role is StreamRole.CONTROLLER:
            controller = ControllerMonitor(self._epoch)
            self._controllers[rule.arms[0]] = controller
            monitors.append(controller)
        elif rule.role is StreamRole.GEOMETRY:
            monitors.append(GeometryMonitor(rule.arms or self._rules.arms))
        elif rule.role is StreamRole.ESTOP:
            monitors.append(EstopMonitor())
        return StreamWatch(
            rule,
            all_arms=self._rules.arms,
            is_coupled=self._rules.is_coupled,
            is_moving=partial(self._is_moving, rule.arms or self._rules.arms),
            monitors=monitors,
        )

    def _skew_monitor(self, rule: SkewRule) -> SkewMonitor:
        first, second = rule.streams
        return SkewMonitor(self._watches[first].freshness, self._watches[second].freshness,
                           max_skew_ns=rule.max_skew_ns, names=rule.streams)

    def _event(self, name: str, detail: str) -> Finding:
        return Finding(id=name, arms=self._rules.arms, reaction=_STOP, detail=detail,
                       speed_scale=0.0)

    def _is_moving(self, arms: Iterable[str]) -> bool:
        return any(not speed < self._rules.moving_speed
                   for arm, speed in self._speeds.items() if arm in arms)

    def _observe(self, item: Observation, now_ns: int) -> None:
        watch = self._watches[item.stream]
        role = watch.rule.role
        if role is StreamRole.COMMAND:
            self._commands.observe(item, now_ns)
            return
        watch.observe(item)
        if role is StreamRole.CONTROLLER and isinstance(item.value, ControllerStatus):
            arm = watch.rule.arms[0]
            self._speeds[arm] = item.value.speed
            self._stop_times.observe(arm, item.value.stop_time_s)

    def _find(self, now_ns: int, steady_ns: int) -> tuple[list[Finding], list[str]]:
        """Return the faults that are present, and the arms whose controllers do not answer."""
        findings: list[Finding] = []
        deaf: list[str] = []
        jump, stall = self._clock.check(now_ns, steady_ns)
        if jump:
            findings.append(self._event('clock.jump', jump))
        if stall:
            findings.append(self._event('watchdog.stall', stall))
        for watch in self._constant:
            faults = watch.check(now_ns, steady_ns)
            if faults:
                findings += [watch.finding(fault) for fault in faults]
                if (watch.rule.role is StreamRole.CONTROLLER
                        and any(fault.kind in _DEAF for fault in faults)):
                    deaf += watch.rule.arms
        for watch, fault in self._commands.check(now_ns, steady_ns):
            findings.append(watch.finding(fault))
        for rule, monitor in self._skews:
            findings += [
                Finding(
                    id=f'{rule.name}.{fault.kind.value}',
                    arms=(self._rules.arms if self._rules.is_coupled or not rule.arms
                          else rule.arms),
                    reaction=rule.reaction,
                    detail=fault.detail,
                    speed_scale=rule.reaction.speed_scale,
                )
                for fault in monitor.check()
            ]
        return findings, deaf

    def _follow(self, permits: tuple[Permit, ...], now_ns: int) -> None:
        """Tell everything that depends on it what the arms may do from now on."""
        self._is_latched = self._arbiter.is_latched
        if permits != self._permits:
            self._permits = permits
            stopped = [arm for arm, permit in zip(self._rules.arms, permits, strict=True)
                       if permit is Permit.STOP]
            self._commands.excuse(stopped)
            for arm, monitor in self._controllers.items():
                monitor.is_stop_expected = arm in stopped
        if max(permits) is Permit.STOP:
            # The word of a policy that does not know yet is no demand either.
            self._commands.release(now_ns)
        self._stop_times.update(permits)
