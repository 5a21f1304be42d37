# SPDX-License-Identifier: Apache-2.0
"""The state machine of one arm: from permits, measurements and trajectories to commands."""

from __future__ import annotations

import math

from rho_core.errors import Refused
from rho_core.motion.admission import Admission
from rho_core.motion.guards import measurement_problem
from rho_core.motion.guards import permit_problem
from rho_core.motion.guards import tracking_problem
from rho_core.motion.limiter import JointLimiter
from rho_core.motion.measurement import Measurement
from rho_core.motion.mode import ArmMode
from rho_core.motion.path import CubicPath
from rho_core.motion.path import Path
from rho_core.motion.path_check import PathCheck
from rho_core.motion.report import ArmReport
from rho_core.motion.settings import MotionSettings
from rho_core.motion.splice import Splicer
from rho_core.motion.time_scaling import TimeScale
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit
from rho_core.streams.clock_guard import ClockGuard

_NS_PER_S = 1e9
_NS_PER_MS = 1e6
# A slower path time than this would magnify the commanded velocity beyond use.
_LEAST_SCALE = 0.05
# The command is on its last point when it could be there within one period to within this [rad].
_ARRIVED = 1e-5
# An arm may rest this far outside its limits, e.g. a closed gripper that measures -0.1 mm.
_START_SLACK = 0.005
_START_SLACK_SHARE = 0.02


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
        self._path_check = path_check
        self._period_s = settings.period_ns / _NS_PER_S
        self._limiter = JointLimiter(limits, period_s=self._period_s)
        self._scale = TimeScale(limits, period_s=self._period_s, ramp_s=settings.ramp_s)
        self._admission = Admission(limits, settings.admission)
        self._splicer = Splicer(limits, shortest_s=settings.shortest_bridge_s,
                                stretch_s=settings.bridge_stretch_s)
        self._clock = ClockGuard(jump_ns=settings.clock_jump_ns, stall_ns=settings.stall_ns)
        self._mode = ArmMode.UNCONFIGURED
        self._reason = 'joint states: none received'
        self._halted = ''
        self._is_latching = False
        self._path: Path | None = None
        self._path_s = 0.0
        self._path_start_ns = 0
        self._path_source = ''
        self._gate_ns: int | None = None
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
    def stop_epoch(self) -> int:
        """Newest safety epoch known when it latched, 0: never latched."""
        return max(self._stop_epoch, 0)

    @property
    def stop_time_s(self) -> float:
        """Time that a stop of the active path takes from full speed to rest."""
        return self._scale.longest_stop_s if self._path is not None else 0.0

    @property
    def longest_stop_s(self) -> float:
        """Time within which a stop ends."""
        return 1.5 * self._scale.longest_stop_s

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
        try:
            self._follow(trajectory, now_ns, steady_ns)
        except Refused as error:
            self.count_refusal(str(error))
            raise
        self._accepted += 1
        self._path_source = source

    def count_refusal(self, why: str) -> None:
        """Count a trajectory that was refused before it could be submitted."""
        self._refused += 1
        self._last_refusal = why

    def halt(self, reason: str) -> None:
        """Stop for good: this object commands no motion any more."""
        self._halted = reason

    def update(
        self,
        now_ns: int,
        steady_ns: int,
        measured: Measurement | None,
        permit: ArmPermit | None,
    ) -> tuple[float, ...] | None:
        """Compute the next command.

        Args:
            now_ns: ROS time.
            steady_ns: steady time.
            measured: newest measurement, None: none yet.
            permit: newest permit, None: none yet.

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
        if self._mode is ArmMode.UNCONFIGURED:
            self._reason = unknown
            if measured is None or unknown or not self._begin(measured):
                return None
        if stall:
            self._rest_at_once()
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
                self._path = None
                self._latch(str(error))
                self._limiter.brake()
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
        is_following = self._path is not None
        return ArmReport(
            stamp_ns=now_ns,
            arm=arm,
            mode=self._mode,
            reason=self._reason,
            joint_names=self._settings.limits.names,
            commanded=tuple(self._limiter.positions) if is_commanded else (),
            measured=self._measured.positions if self._measured is not None else (),
            velocity=tuple(self._limiter.velocities) if is_commanded else (),
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
            time_scale=self._scale.value,
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
            self._mode = ArmMode.STOPPING

    def _obey(self, permit: ArmPermit, now_ns: int) -> None:
        """Act on a permit that is present, and not STOP, while nothing is wrong."""
        if self._mode is ArmMode.STOPPED:
            if permit.epoch > self._stop_epoch:
                self._mode = ArmMode.IDLE
                self._reason = 'no trajectory'
                self._gate_ns = now_ns
            elif not self._reason.endswith(_NEEDS_RESET):
                self._reason += _NEEDS_RESET
        elif permit.permit is Permit.HOLD and self._mode is ArmMode.MOVING:
            self._mode = ArmMode.STOPPING
            self._reason = 'permit: HOLD'

    def _follow(self, trajectory: JointTrajectory, now_ns: int, steady_ns: int) -> None:
        if self._mode not in (ArmMode.IDLE, ArmMode.MOVING) or self._steady_ns is None:
            raise Refused(f'the arm is {self._mode.name}: {self._reason}')
        if self._permit is None or self._permit.permit < Permit.SLOW:
            raise Refused('the arm has no permit to move')
        if self._halted:
            raise Refused(f'the arm is halted: {self._halted}')
        admitted = self._admission.admit(trajectory, now_ns=now_ns, newer_than_ns=self._gate_ns)
        since_command_s = (steady_ns - self._steady_ns) / _NS_PER_S
        time_s = (now_ns - admitted.start_ns) / _NS_PER_S - since_command_s
        self._path = self._splicer.splice(
            CubicPath.from_trajectory(admitted),
            time_s=time_s,
            positions=self._limiter.positions,
            velocities=self._velocities_on_path(),
        )
        self._path_s = time_s
        self._path_start_ns = admitted.start_ns
        self._gate_ns = admitted.start_ns
        self._mode = ArmMode.MOVING
        self._reason = ''

    def _velocities_on_path(self) -> list[float]:
        """Velocities of the command in the path's own time, which runs slower at scale < 1."""
        scale = max(self._scale.value, _LEAST_SCALE)
        fastest = self._settings.limits.velocity.tolist()
        return [
            min(max(velocity / scale, -limit), limit)
            for velocity, limit in zip(self._limiter.velocities, fastest, strict=True)
        ]

    def _advance(self, elapsed_s: float) -> None:
        """Move the command by one period."""
        if self._path is None:
            self._limiter.brake()
            if self._mode is ArmMode.STOPPING and self._limiter.is_at_rest:
                self._end_stop()
            return
        scale = self._scale
        before = scale.value
        ahead_s = self._path_s + before * elapsed_s
        positions, rates = self._path.sample(ahead_s)
        value = scale.step(self._target_scale(), self._limiter.velocities, rates)
        if value != before:
            ahead_s = self._path_s + value * elapsed_s
            positions, rates = self._path.sample(ahead_s)
        self._path_s = ahead_s
        if self._mode is ArmMode.STOPPING and value == 0.0:
            self._path = None
            self._limiter.brake()
        elif ahead_s >= self._path.end_s and self._has_arrived(positions):
            self._path = None
            self._limiter.brake()
            if self._mode is ArmMode.MOVING:
                self._mode = ArmMode.IDLE
                self._reason = 'trajectory ended'
        else:
            self._limiter.step(positions, [value * rate for rate in rates])
        if self._path is None and self._mode is ArmMode.STOPPING and self._limiter.is_at_rest:
            self._end_stop()

    def _target_scale(self) -> float:
        if self._mode is ArmMode.STOPPING or self._permit is None:
            return 0.0
        return self._permit.speed_scale if self._permit.permit is Permit.SLOW else 1.0

    def _has_arrived(self, positions: list[float]) -> bool:
        """Whether the command may rest on the last point from here."""
        limiter = self._limiter
        change = self._settings.limits.acceleration
        return all(
            abs(target - position) <= _ARRIVED and abs(velocity) <= change[i] * self._period_s
            for i, (target, position, velocity) in enumerate(
                zip(positions, limiter.positions, limiter.velocities, strict=True))
        )

    def _end_stop(self) -> None:
        self._mode = ArmMode.STOPPED if self._is_latching else ArmMode.IDLE
        self._is_latching = False
        self._scale.reset()

    def _rest_at_once(self) -> None:
        """Give up a motion that nobody commanded for so long that the arm stands by now."""
        self._path = None
        self._limiter.freeze()


_NEEDS_RESET = '; call safety/reset'
