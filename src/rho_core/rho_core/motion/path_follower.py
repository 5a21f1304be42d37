# SPDX-License-Identifier: Apache-2.0
"""Follows one path after the other with one time scale, and stops along it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rho_core.errors import Refused
from rho_core.motion.limiter import JointLimiter
from rho_core.motion.path import Path
from rho_core.motion.path import QuinticPath
from rho_core.motion.path import Table
from rho_core.motion.path_check import PathCheck
from rho_core.motion.settings import MotionSettings
from rho_core.motion.splice import Splicer
from rho_core.motion.stopping import StopRule
from rho_core.motion.stopping import StopTimes
from rho_core.motion.time_scaling import TimeScale
from rho_core.motion.trajectory import JointTrajectory

# A slower path time than this would magnify the commanded velocity beyond use.
_LEAST_SCALE = 0.05
# About how far a joint moves between two rows at which a path is judged [rad, m].
_TRAVEL = 0.03
# A stop time that is reported holds for so long [s].
_NOTICE_S = 0.06
# Lost cycles are made good by a path time that runs faster by this share at most; the wake of the
# loop jitters, of which this share of a cycle's lateness gets through.
_CATCH_UP = 0.02
# The command is on its last point when it would rest within this of it [rad, m].
_ARRIVED = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPlan:
    """A path that leads over from the motion at the time when it was planned.

    Attributes:
        path: the path.
        time_s: time on it of the command from which it leads over [s].
        table: rows of it from there on, see `Path.table`.
        run_s: how far the follower had run by then [s].
    """

    path: Path
    time_s: float
    table: Table
    run_s: float


class PathFollower:
    """The command of one arm, and the path that leads it.

    With the scale s of the path's time, and q', q'' of the path, the set point moves with s q' and
    s^2 q'' + s' q'. The limiter has the last word.
    """

    def __init__(self, settings: MotionSettings, path_check: PathCheck | None = None) -> None:
        """Start without a command; `reset` gives it one.

        Args:
            settings: limits and times.
            path_check: what else may refuse a path.
        """
        limits = settings.limits
        self._period_s = settings.period_ns / 1e9
        self._ramp_s = settings.ramp_s
        self._longest_asked_s = settings.longest_stop_s
        self._longest_first_stop_s = settings.longest_first_stop_s
        self._limits = tuple(
            zip(limits.velocity.tolist(), limits.acceleration.tolist(), strict=True))
        self.limiter = JointLimiter(limits, period_s=self._period_s)
        self._path_check = path_check
        self._splicer = Splicer(limits, shortest_s=settings.shortest_bridge_s,
                                stretch_s=settings.bridge_stretch_s)
        self._stop_rule = StopRule(limits)
        self._scale = TimeScale(period_s=self._period_s)
        self._path: Path | None = None
        self._stop_times: StopTimes | None = None
        self._path_s = 0.0
        self._behind_s = 0.0
        self._run_s = 0.0
        self._stop_s: float | None = None
        settling_s = limits.velocity / limits.acceleration + limits.acceleration / limits.jerk
        self.longest_stop_s = float(settling_s.max()) + max(
            self._stop_rule.longest_s, self._longest_asked_s)

    @property
    def is_following(self) -> bool:
        """Whether there is a path."""
        return self._path is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves and nothing leads on."""
        return self._path is None and self.limiter.is_at_rest

    @property
    def scale(self) -> float:
        """How fast the time of the path runs."""
        return self._scale.value

    @property
    def path_s(self) -> float:
        """Where on the path the set point is, in the path's own time [s]."""
        return self._path_s

    @property
    def stop_time_s(self) -> float:
        """Time from full speed to rest of a stop that begins about now, 0 without a path."""
        return self._own_stop_s(_NOTICE_S)

    def follow(self, trajectory: JointTrajectory, time_s: float, target: float) -> None:
        """Lead over to a new path.

        Args:
            trajectory: what was admitted.
            time_s: time of the last command since the trajectory's stamp.
            target: the scale that is wanted.

        Raises:
            Refused: it cannot be reached, or may not be followed; the old path stays.
        """
        plan = self.plan(trajectory, time_s)
        for _ in self.judge(plan):
            pass
        self.adopt(plan, target)

    def plan(self, trajectory: JointTrajectory, time_s: float) -> PathPlan:
        """Plan how a new path is led over to from the present motion; nothing changes yet.

        Args:
            trajectory: what was admitted.
            time_s: time of the last command since the trajectory's stamp.

        Raises:
            Refused: it cannot be reached.
        """
        velocities, accelerations = self._motion_on_path()
        path = self._splicer.splice(
            QuinticPath.from_trajectory(trajectory),
            time_s=time_s,
            positions=self.limiter.positions,
            velocities=velocities,
            accelerations=accelerations,
        )
        return PathPlan(
            path=path, time_s=time_s, table=path.table(time_s, _TRAVEL), run_s=self._run_s)

    def judge(self, plan: PathPlan) -> Iterator[None]:
        """Judge a plan part by part; nothing changes.

        Raises:
            Refused: it may not be followed.
        """
        if self._path_check is not None:
            yield from self._path_check.parts(plan.table[0] - plan.time_s, plan.table[1])

    def adopt(self, plan: PathPlan, target: float) -> None:
        """Follow a plan that was judged a few cycles ago at most.

        What the motion did since then the path repeats: it was planned from the same position,
        velocity and acceleration, and third order terms of a few cycles are small; the limiter
        takes them up. How few, `ArmMotion` sees to.

        Args:
            plan: what to follow.
            target: the scale that is wanted.

        Raises:
            Refused: a stop right after it began would take too long.
        """
        stop_times = self._stop_rule.along(plan.table)
        first_stop_s = stop_times.at(plan.time_s, _NOTICE_S)
        if first_stop_s > self._longest_first_stop_s:
            raise Refused(f'path: a stop right after it began takes {first_stop_s:.3f} s, allowed '
                          f'{self._longest_first_stop_s} s: begin more smoothly')
        if self.limiter.is_at_rest and self._scale.value > target:
            self._scale.reset(target)
        self.limiter.anchor()
        self._stop_times = stop_times
        self._path = plan.path
        self._path_s = plan.time_s + (self._run_s - plan.run_s)
        self._behind_s = 0.0
        self._stop_s = None

    def begin_stop(self, asked_s: float) -> None:
        """Come to rest along the path from the next step on.

        Args:
            asked_s: time from full speed to rest that a coupled arm needs.
        """
        self._stop_s = self._common_stop_s(asked_s)

    def end_stop(self) -> None:
        """Let the next path begin slowly."""
        self._stop_s = None
        self._scale.reset(0.0)

    def rest_at_once(self) -> None:
        """Give up a motion that nobody commanded for so long that the arm stands by now."""
        self._path = None
        self.limiter.freeze()

    def leave_path(self) -> None:
        """Brake each joint by itself."""
        self._path = None
        self.limiter.brake()

    def step(self, elapsed_s: float, target: float, asked_s: float) -> bool:
        """Move the command by one period.

        Args:
            elapsed_s: time since the last step.
            target: the scale that is wanted; a stop that was begun overrides it.
            asked_s: see `begin_stop`.

        Returns:
            Whether the end of the path was reached with this step.

        Raises:
            Refused: the path gave a set point that is not finite; the command has not changed.
        """
        path = self._path
        if path is None:
            self.limiter.brake()
            return False
        scale = self._scale
        before = scale.value
        if self._stop_s is not None:
            value = scale.step(0.0, fall_s=self._stop_s, rise_s=self._ramp_s)
        else:
            fall_s = self._common_stop_s(asked_s)
            value = scale.step(target, fall_s=fall_s, rise_s=max(fall_s, self._ramp_s))
        share = self._share(elapsed_s)
        run_s = 0.5 * (before + value) * share * self._period_s
        self._run_s += run_s
        self._path_s += run_s
        positions, rates, changes = path.sample(self._path_s)
        if self._stop_s is not None and scale.is_at_rest:
            self.leave_path()
            return False
        if self._path_s >= path.end_s and self._has_arrived(positions):
            self.leave_path()
            return True
        speed = share * value
        square, slope = speed * speed, scale.rate
        self.limiter.step(
            positions,
            [speed * rate for rate in rates],
            [square * change + slope * rate for change, rate in zip(changes, rates, strict=True)],
        )
        return False

    def _share(self, elapsed_s: float) -> float:
        """Return how much faster the path's time runs to make good lost cycles.

        The path goes on by whole periods, so that the jitter of the loop is not in the motion.
        """
        self._behind_s += elapsed_s - self._period_s
        if self._stop_s is not None:
            return 1.0
        made_good_s = _CATCH_UP * min(max(self._behind_s, -self._period_s), self._period_s)
        self._behind_s -= made_good_s
        return 1.0 + made_good_s / self._period_s

    def _own_stop_s(self, ahead_s: float = 0.0) -> float:
        if self._path is None or self._stop_times is None:
            return 0.0
        return self._stop_times.at(self._path_s, ahead_s)

    def _common_stop_s(self, asked_s: float) -> float:
        """Time of a stop that is also long enough for the arm that is coupled to this one."""
        return max(self._own_stop_s(), min(asked_s, self._longest_asked_s), self._period_s)

    def _motion_on_path(self) -> tuple[list[float], list[float]]:
        """Velocities and accelerations of the command in the path's own time."""
        scale = max(self._scale.value, _LEAST_SCALE)
        rate = self._scale.rate
        velocities, accelerations = [], []
        for v, a, (fastest, strongest) in zip(
            self.limiter.velocities, self.limiter.accelerations, self._limits, strict=True
        ):
            velocity = min(max(v / scale, -fastest), fastest)
            acceleration = (a - rate * velocity) / (scale * scale)
            velocities.append(velocity)
            accelerations.append(min(max(acceleration, -strongest), strongest))
        return velocities, accelerations

    def _has_arrived(self, positions: list[float]) -> bool:
        """Whether the command may rest on the last point from here."""
        return self.limiter.is_nearly_at_rest(_ARRIVED) and all(
            abs(target - position) <= _ARRIVED
            for target, position in zip(positions, self.limiter.positions, strict=True)
        )
