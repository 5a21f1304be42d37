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
from rho_core.motion.path import Path
from rho_core.motion.path import QuinticPath
from rho_core.motion.path_check import PathCheck
from rho_core.motion.report import ArmReport
from rho_core.motion.settings import MotionSettings
from rho_core.motion.splice import Splicer
from rho_core.motion.stopping import StopRule
from rho_core.motion.stopping import StopTimes
from rho_core.motion.time_scaling import TimeScale
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit
from rho_core.streams.clock_guard import ClockGuard

_NS_PER_S = 1e9
_NS_PER_MS = 1e6
# A slower path time than this would magnify the commanded velocity beyond use.
_LEAST_SCALE = 0.05
# About how far a joint moves between two rows at which a path is judged [rad, m].
_TRAVEL = 0.03
# A stop time that is reported holds for so long [s].
_NOTICE_S = 0.06
# Lost cycles are made good by a path time that runs faster by this share at most; the wake of the
# loop jitters, of which this share of a cycle's lateness gets through.
_CATCH_UP = 0.02
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
        self._scale = TimeScale(period_s=self._period_s)
        self._stop_rule = StopRule(limits)
        self._stop_times: StopTimes | None = None
        self._stop_s = 0.0
        self._behind_s = 0.0
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
        self._reset_ns: int | None = None
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
        return self._path_s

    @property
    def commanded(self) -> tuple[float, ...]:
        """Last command [rad, m]."""
        return tuple(self._limiter.positions)

    @property
    def stop_epoch(self) -> int:
        """Newest safety epoch known when it latched, 0: never latched."""
        return max(self._stop_epoch, 0)

    @property
    def stop_time_s(self) -> float:
        """Time from full speed to rest of a stop that begins about now, 0 without a path."""
        if self._path is None or self._stop_times is None:
            return 0.0
        return self._stop_times.at(self._path_s, _NOTICE_S)

    @property
    def longest_stop_s(self) -> float:
        """Time within which a stop ends."""
        limits = self._settings.limits
        settling_s = limits.velocity / limits.acceleration + limits.acceleration / limits.jerk
        along_s = max(self._stop_rule.longest_s, self._settings.longest_stop_s)
        return along_s + float(settling_s.max())

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
            self._follow(trajectory, now_ns, steady_ns, source)
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
            self._start_stop()

    def _obey(self, permit: ArmPermit, now_ns: int) -> None:
        """Act on a permit that is present, and not STOP, while nothing is wrong."""
        if self._mode is ArmMode.STOPPED:
            if permit.epoch > self._stop_epoch:
                self._mode = ArmMode.IDLE
                self._reason = 'no trajectory'
                self._reset_ns = now_ns
                self._newest_ns.clear()
            elif not self._reason.endswith(_NEEDS_RESET):
                self._reason += _NEEDS_RESET
        elif permit.permit is Permit.HOLD and self._mode is ArmMode.MOVING:
            self._start_stop()
            self._reason = 'permit: HOLD'

    def _follow(
        self, trajectory: JointTrajectory, now_ns: int, steady_ns: int, source: str
    ) -> None:
        if self._mode not in (ArmMode.IDLE, ArmMode.MOVING) or self._steady_ns is None:
            raise Refused(f'the arm is {self._mode.name}: {self._reason}')
        if self._permit is None or self._permit.permit < Permit.SLOW:
            raise Refused('the arm has no permit to move')
        if self._halted:
            raise Refused(f'the arm is halted: {self._halted}')
        # Stamps of different sources say nothing about each other.
        newest_ns = self._newest_ns.get(source, self._reset_ns)
        admitted = self._admission.admit(trajectory, now_ns=now_ns, newer_than_ns=newest_ns)
        since_command_s = (steady_ns - self._steady_ns) / _NS_PER_S
        time_s = (now_ns - admitted.start_ns) / _NS_PER_S - since_command_s
        velocities, accelerations = self._motion_on_path()
        path = self._splicer.splice(
            QuinticPath.from_trajectory(admitted),
            time_s=time_s,
            positions=self._limiter.positions,
            velocities=velocities,
            accelerations=accelerations,
        )
        table = path.table(time_s, _TRAVEL)
        if self._path_check is not None:
            self._path_check.check(table[0] - time_s, table[1])
        self._stop_times = self._stop_rule.along(table)
        self._limiter.anchor()
        self._path = path
        self._path_s = time_s
        self._behind_s = 0.0
        self._path_start_ns = admitted.start_ns
        self._newest_ns[source] = admitted.start_ns
        self._is_complete = False
        self._mode = ArmMode.MOVING
        self._reason = ''

    def _motion_on_path(self) -> tuple[list[float], list[float]]:
        """Velocities and accelerations of the command in the path's own time.

        With the scale s: v = s q' and a = s^2 q'' + s' q'.
        """
        limits = self._settings.limits
        scale = max(self._scale.value, _LEAST_SCALE)
        rate = self._scale.rate
        velocities, accelerations = [], []
        for v, a, fastest, strongest in zip(
            self._limiter.velocities, self._limiter.accelerations, limits.velocity.tolist(),
            limits.acceleration.tolist(), strict=True,
        ):
            velocity = min(max(v / scale, -fastest), fastest)
            acceleration = (a - rate * velocity) / (scale * scale)
            velocities.append(velocity)
            accelerations.append(min(max(acceleration, -strongest), strongest))
        return velocities, accelerations

    def _advance(self, elapsed_s: float) -> None:
        """Move the command by one period."""
        if self._path is None:
            self._limiter.brake()
            if self._mode is ArmMode.STOPPING and self._limiter.is_at_rest:
                self._end_stop()
            return
        scale = self._scale
        before = scale.value
        fall_s, rise_s = self._durations()
        value = scale.step(self._target_scale(), fall_s=fall_s, rise_s=rise_s)
        # The path goes on by whole periods, so that the jitter of the loop is not in the motion;
        # cycles that were lost are made good slowly.
        self._behind_s += elapsed_s - self._period_s
        share = 1.0
        if self._mode is ArmMode.MOVING:
            made_good_s = _CATCH_UP * min(max(self._behind_s, -self._period_s), self._period_s)
            self._behind_s -= made_good_s
            share += made_good_s / self._period_s
        self._path_s += 0.5 * (before + value) * share * self._period_s
        positions, rates, changes = self._path.sample(self._path_s)
        if self._mode is ArmMode.STOPPING and scale.is_at_rest:
            self._path = None
            self._limiter.brake()
        elif self._path_s >= self._path.end_s and self._has_arrived(positions):
            self._path = None
            self._limiter.brake()
            if self._mode is ArmMode.MOVING:
                self._mode = ArmMode.IDLE
                self._reason = 'trajectory ended'
                self._is_complete = True
        else:
            speed = share * value
            square, slope = speed * speed, scale.rate
            self._limiter.step(
                positions,
                [speed * rate for rate in rates],
                [square * change + slope * rate
                 for change, rate in zip(changes, rates, strict=True)],
            )
        if self._path is None and self._mode is ArmMode.STOPPING and self._limiter.is_at_rest:
            self._end_stop()

    def _durations(self) -> tuple[float, float]:
        """Times in which the scale falls from 1 to 0 and rises from 0 to 1."""
        if self._mode is ArmMode.STOPPING:
            return self._stop_s, self._settings.ramp_s
        own_s = self._common_stop_s()
        return own_s, max(own_s, self._settings.ramp_s)

    def _common_stop_s(self) -> float:
        """Time of a stop that is also long enough for the arm that is coupled to this one."""
        asked_s = 0.0 if self._permit is None else self._permit.stop_time_s or 0.0
        own_s = 0.0 if self._stop_times is None else self._stop_times.at(self._path_s)
        return max(own_s, min(asked_s, self._settings.longest_stop_s))

    def _start_stop(self) -> None:
        self._mode = ArmMode.STOPPING
        self._stop_s = self._common_stop_s()

    def _target_scale(self) -> float:
        if self._mode is ArmMode.STOPPING or self._permit is None:
            return 0.0
        return self._permit.speed_scale if self._permit.permit is Permit.SLOW else 1.0

    def _has_arrived(self, positions: list[float]) -> bool:
        """Whether the command may rest on the last point from here."""
        limiter = self._limiter
        return limiter.is_nearly_at_rest(_ARRIVED) and all(
            abs(target - position) <= _ARRIVED
            for target, position in zip(positions, limiter.positions, strict=True)
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
