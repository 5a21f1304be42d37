# SPDX-License-Identifier: Apache-2.0
"""The state machine of one arm: from permits, measurements and trajectories to commands."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rho_core.errors import Refused
from rho_core.motion.admission import Admission
from rho_core.motion.guards import measurement_problem
from rho_core.motion.guards import permit_problem
from rho_core.motion.guards import tracking_problem
from rho_core.motion.measurement import Measurement
from rho_core.motion.mode import ArmMode
from rho_core.motion.path_check import PathCheck
from rho_core.motion.path_follower import PathFollower
from rho_core.motion.report import ArmReport
from rho_core.motion.settings import MotionSettings
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit
from rho_core.streams.clock_guard import ClockGuard

_NS_PER_S = 1e9
_NS_PER_MS = 1e6
# An arm may rest this far outside its limits, e.g. a closed gripper that measures -0.1 mm.
_START_SLACK = 0.005
_START_SLACK_SHARE = 0.02
# In 5 cycles an arm leaves the path that was judged by up to 1 mrad, in 20 by 14 mrad.
_PLAN_LASTS = 5


class ArmMotion:
    """Moves one arm. It moves only while everything it needs is present.

    The command is the measurement once, when the first fresh one arrives; from then on each
    command follows from the previous one. Whatever is missing or wrong leads to a stop along the
    path; a stop holds the last command and stays until the watchdog's epoch grows, and then only
    a trajectory stamped after that moves the arm again, with a speed that grows from zero.
    """

    def __init__(self, settings: MotionSettings, path_check: PathCheck | None = None) -> None:
        """Start without a command.

        Args:
            settings: limits and times.
            path_check: what else may refuse a path, asked before the arm follows it.
        """
        limits = settings.limits
        self._settings = settings
        self._follower = PathFollower(settings, path_check)
        self._limiter = self._follower.limiter
        self._admission = Admission(limits, settings.admission)
        self._clock = ClockGuard(jump_ns=settings.clock_jump_ns, stall_ns=settings.stall_ns)
        self._mode = ArmMode.UNCONFIGURED
        self._reason = 'joint states: none received'
        self._halted = ''
        self._is_latching = False
        self._path_start_ns = 0
        self._path_source = ''
        self._reset_ns: int | None = None
        self._resets = 0
        self._newest_ns: dict[str, int] = {}
        self._is_complete = False
        self._steady_ns: int | None = None
        self._permit: ArmPermit | None = None
        self._measured: Measurement | None = None
        self._seen_epoch = -1
        self._stop_epoch = -1
        self._accepted = 0
        self._refused = 0
        self._last_refusal = ''

    @property
    def mode(self) -> ArmMode:
        """What the arm does."""
        return self._mode

    @property
    def reason(self) -> str:
        """Why it does not move, empty while it does."""
        return self._reason

    @property
    def is_at_rest(self) -> bool:
        """Whether no motion is in progress."""
        return self._mode not in (ArmMode.MOVING, ArmMode.STOPPING)

    @property
    def is_latched(self) -> bool:
        """Whether it rests, or comes to rest, until a reset."""
        return self._is_latching or self._mode is ArmMode.STOPPED

    @property
    def is_complete(self) -> bool:
        """Whether the last trajectory was followed to its end."""
        return self._is_complete

    @property
    def path_s(self) -> float:
        """Time since the stamp of the active trajectory, in the time of its path [s]."""
        return self._follower.path_s

    @property
    def commanded(self) -> tuple[float, ...]:
        """Last command [rad, m]."""
        return tuple(self._limiter.positions)

    @property
    def velocities(self) -> tuple[float, ...]:
        """Velocity of the last command [rad/s, m/s]."""
        return tuple(self._limiter.velocities)

    @property
    def stop_epoch(self) -> int:
        """Newest safety epoch known when it latched, 0: never latched."""
        return max(self._stop_epoch, 0)

    @property
    def stop_time_s(self) -> float:
        """Time from full speed to rest of a stop that begins about now, 0 without a path."""
        return self._follower.stop_time_s

    @property
    def longest_stop_s(self) -> float:
        """Time within which a stop ends."""
        return self._follower.longest_stop_s

    def submit(
        self, trajectory: JointTrajectory, now_ns: int, steady_ns: int, source: str = 'policy'
    ) -> None:
        """Follow a trajectory from the next cycle on, in place of the active one.

        Args:
            trajectory: what to do.
            now_ns: ROS time.
            steady_ns: steady time.
            source: who commands.

        Raises:
            Refused: the arm may not move or the trajectory breaks a rule; the active one stays.
        """
        for _ in self.consider(trajectory, now_ns, steady_ns, source):
            pass

    def consider(
        self, trajectory: JointTrajectory, now_ns: int, steady_ns: int, source: str = 'policy'
    ) -> Iterator[None]:
        """Do what `submit` does part by part, after each of some updates.

        The arm follows the trajectory when no part is left. Each part takes a fraction of a
        control cycle, all of them together may take more than one.

        Args:
            trajectory: what to do.
            now_ns: ROS time at which it was received.
            steady_ns: steady time of the same moment.
            source: who commands.

        Raises:
            Refused: the arm may not move or the trajectory breaks a rule; the active one stays.
        """
        try:
            yield from self._follow(trajectory, now_ns, steady_ns, source)
        except Refused as error:
            self.count_refusal(str(error))
            raise
        self._accepted += 1
        self._path_source = source

    def count_refusal(self, why: str) -> None:
        """Count a trajectory that was refused before it could be submitted."""
        self._refused += 1
        self._last_refusal = why

    def rest(self, reason: str) -> None:
        """Come to rest along the path and wait for the next trajectory."""
        if self._mode is ArmMode.MOVING:
            self._start_stop()
            self._reason = reason

    def halt(self, reason: str) -> None:
        """Stop for good: this object commands no motion any more."""
        self._halted = reason

    def update(
        self,
        now_ns: int,
        steady_ns: int,
        measured: Measurement | None,
        permit: ArmPermit | None,
        problem: str = '',
    ) -> tuple[float, ...] | None:
        """Compute the next command.

        Args:
            now_ns: ROS time.
            steady_ns: steady time.
            measured: newest measurement, None: none yet, or none any more.
            permit: newest permit, None: none yet.
            problem: what is wrong with the source of measurements, for the reason of a stop.

        Returns:
            Positions [rad, m], None before the first fresh measurement.
        """
        elapsed_s = 0.0 if self._steady_ns is None else (steady_ns - self._steady_ns) / _NS_PER_S
        self._steady_ns = steady_ns
        self._measured = measured
        self._permit = permit
        if permit is not None:
            self._seen_epoch = max(self._seen_epoch, permit.epoch)
        jump, stall = self._clock.check(now_ns, steady_ns)
        unknown = measurement_problem(measured, len(self._settings.limits.names), now_ns,
                                      steady_ns, self._settings.measurement_timeout_ns)
        if unknown and problem:
            unknown = problem if measured is None else f'{unknown}; {problem}'
        if self._mode is ArmMode.UNCONFIGURED:
            self._reason = unknown
            if measured is None or unknown or not self._begin(measured):
                return None
        if stall:
            self._follower.rest_at_once()
        late = permit_problem(permit, now_ns, steady_ns, self._settings.permit_timeout_ns)
        fault = self._halted or stall or jump or unknown or self._tracking() or late
        if fault or permit is None or permit.permit is Permit.STOP:
            self._latch(fault or 'permit: STOP')
        else:
            self._obey(permit, now_ns)
        if not stall:
            try:
                self._advance(elapsed_s)
            except Refused as error:
                self._follower.leave_path()
                self._latch(str(error))
        return tuple(self._limiter.positions)

    def report(
        self,
        *,
        arm: str,
        now_ns: int,
        cycles: int = 0,
        missed_cycles: int = 0,
        wake_late_us_max: float = 0.0,
        tick_us_max: float = 0.0,
    ) -> ArmReport:
        """Describe the state; the loop's figures come from the caller."""
        is_commanded = self._mode is not ArmMode.UNCONFIGURED
        is_following = self._follower.is_following
        return ArmReport(
            stamp_ns=now_ns,
            arm=arm,
            mode=self._mode,
            reason=self._reason,
            joint_names=self._settings.limits.names,
            commanded=tuple(self._limiter.positions) if is_commanded else (),
            measured=self._measured.positions if self._measured is not None else (),
            velocity=tuple(self._limiter.velocities) if is_commanded else (),
            acceleration=tuple(self._limiter.accelerations) if is_commanded else (),
            source=self._path_source if is_following else '',
            accepted=self._accepted,
            refused=self._refused,
            last_refusal=self._last_refusal,
            command_age_ms=(
                (now_ns - self._path_start_ns) / _NS_PER_MS if is_following else math.nan),
            permit_age_ms=(
                math.nan if self._permit is None
                else (now_ns - self._permit.stamp_ns) / _NS_PER_MS),
            cycles=cycles,
            missed_cycles=missed_cycles,
            wake_late_us_max=wake_late_us_max,
            tick_us_max=tick_us_max,
            time_scale=self._follower.scale,
            stop_time_s=self.stop_time_s,
            latched=self.is_latched,
            stop_epoch=self.stop_epoch,
        )

    def _begin(self, measured: Measurement) -> bool:
        """Take the measurement as the first command."""
        limits = self._settings.limits
        start = []
        for name, position, lower, upper in zip(
            limits.names, measured.positions, limits.lower.tolist(), limits.upper.tolist(),
            strict=True,
        ):
            slack = min(_START_SLACK, _START_SLACK_SHARE * (upper - lower))
            if not lower - slack <= position <= upper + slack:
                self._reason = (f'joint states: {name} is at {position:.4f}, allowed '
                                f'{lower:.4f} to {upper:.4f}: move it back by hand')
                return False
            start.append(min(max(position, lower), upper))
        self._limiter.reset(start)
        self._mode = ArmMode.STOPPED
        self._reason = 'start'
        return True

    def _tracking(self) -> str:
        if self._measured is None:
            return ''
        return tracking_problem(self._limiter.positions, self._measured.positions,
                                self._settings.tracking_limits, self._settings.limits.names)

    def _latch(self, reason: str) -> None:
        """Stop until a reset that comes after all that is wrong has gone."""
        self._stop_epoch = self._seen_epoch
        if self._mode is ArmMode.STOPPED:
            self._reason = reason
        elif not self._is_latching:
            self._reason = reason
            self._is_latching = True
            self._start_stop()

    def _obey(self, permit: ArmPermit, now_ns: int) -> None:
        """Act on a permit that is present, and not STOP, while nothing is wrong."""
        if self._mode is ArmMode.STOPPED:
            if permit.epoch > self._stop_epoch:
                self._mode = ArmMode.IDLE
                self._reason = 'no trajectory'
                self._reset_ns = now_ns
                self._resets += 1
                self._newest_ns.clear()
            elif not self._reason.endswith(_NEEDS_RESET):
                self._reason += _NEEDS_RESET
        elif permit.permit is Permit.HOLD and self._mode is ArmMode.MOVING:
            self._start_stop()
            self._reason = 'permit: HOLD'

    def _follow(
        self, trajectory: JointTrajectory, now_ns: int, steady_ns: int, source: str
    ) -> Iterator[None]:
        self._check_ready()
        resets = self._resets
        # Stamps of different sources say nothing about each other.
        newest_ns = self._newest_ns.get(source, self._reset_ns)
        admitted = self._admission.admit(trajectory, now_ns=now_ns, newer_than_ns=newest_ns)
        yield
        received_ns = steady_ns - (now_ns - admitted.start_ns)
        planned_ns = self._check_ready()
        plan = self._follower.plan(admitted, (planned_ns - received_ns) / _NS_PER_S)
        yield
        yield from self._follower.judge(plan)
        command_ns = self._check_ready()
        if command_ns - planned_ns > _PLAN_LASTS * self._settings.period_ns:
            # The motion has left what was planned too far behind: once more, at once.
            plan = self._follower.plan(admitted, (command_ns - received_ns) / _NS_PER_S)
            for _ in self._follower.judge(plan):
                pass
        if resets != self._resets:
            raise Refused('the arm was stopped and reset while the trajectory was judged')
        self._follower.adopt(plan, self._wanted_scale())
        self._path_start_ns = admitted.start_ns
        self._newest_ns[source] = admitted.start_ns
        self._is_complete = False
        self._mode = ArmMode.MOVING
        self._reason = ''

    def _check_ready(self) -> int:
        """Return the steady time of the last command [ns].

        Raises:
            Refused: the arm may not be commanded.
        """
        if self._mode not in (ArmMode.IDLE, ArmMode.MOVING) or self._steady_ns is None:
            raise Refused(f'the arm is {self._mode.name}: {self._reason}')
        if self._permit is None or self._permit.permit < Permit.SLOW:
            raise Refused('the arm has no permit to move')
        if self._halted:
            raise Refused(f'the arm is halted: {self._halted}')
        return self._steady_ns

    def _advance(self, elapsed_s: float) -> None:
        """Move the command by one period."""
        follower = self._follower
        if follower.step(elapsed_s, self._wanted_scale(), self._asked_stop_s()):
            self._is_complete = self._mode is ArmMode.MOVING
            if self._is_complete:
                self._mode = ArmMode.IDLE
                self._reason = 'trajectory ended'
        if self._mode is ArmMode.STOPPING and follower.is_at_rest:
            self._mode = ArmMode.STOPPED if self._is_latching else ArmMode.IDLE
            self._is_latching = False
            follower.end_stop()

    def _wanted_scale(self) -> float:
        if self._permit is None or self._permit.permit < Permit.SLOW:
            return 0.0
        return self._permit.speed_scale if self._permit.permit is Permit.SLOW else 1.0

    def _asked_stop_s(self) -> float:
        """Time of a stop that the watchdog asked for last."""
        return 0.0 if self._permit is None else self._permit.stop_time_s or 0.0

    def _start_stop(self) -> None:
        self._mode = ArmMode.STOPPING
        self._follower.begin_stop(self._asked_stop_s())


_NEEDS_RESET = '; call safety/reset'
