# SPDX-License-Identifier: Apache-2.0
"""A trajectory that somebody wants followed to its end, and told how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalOutcome
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.trajectory import JointTrajectory

_NS_PER_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalProgress:
    """Where a goal stands.

    Attributes:
        path_s: time since the trajectory's stamp, in the time of the path [s].
        commanded: last command [rad, m].
        velocities: of the command [rad/s, m/s].
        measured: last measurement [rad, m], empty: none.
    """

    path_s: float
    commanded: tuple[float, ...]
    velocities: tuple[float, ...]
    measured: tuple[float, ...]


class Goal:
    """One request.

    It belongs to two threads: the one that asks calls `cancel` and reads `outcome` and `progress`;
    the control loop writes these. Each is replaced as a whole, so no lock is needed.
    """

    def __init__(
        self, trajectory: JointTrajectory, tolerances: GoalTolerances, source: CommandSource
    ) -> None:
        """Ask for a trajectory.

        Args:
            trajectory: what to follow; a stamp of 0: from when it is taken up.
            tolerances: how well.
            source: who asks.
        """
        self.trajectory = trajectory
        self.tolerances = tolerances
        self.source = source
        self.outcome: GoalOutcome | None = None
        self.progress: GoalProgress | None = None
        self._is_canceling = False

    @property
    def is_canceling(self) -> bool:
        """Whether its end was asked for."""
        return self._is_canceling

    def cancel(self) -> None:
        """Ask for its end: the arm comes to rest along the path."""
        self._is_canceling = True

    def end(self, code: GoalCode, text: str = '') -> None:
        """Say how it ended; only the first word counts."""
        if self.outcome is None:
            self.outcome = GoalOutcome(code=code, text=text, is_canceled=self._is_canceling)


def timely(trajectory: JointTrajectory, *, now_ns: int, max_age_s: float) -> JointTrajectory:
    """Return the trajectory with the stamp from which it counts.

    Args:
        trajectory: stamp 0 means from now on.
        now_ns: ROS time.
        max_age_s: how old another stamp may be.

    Raises:
        GoalRefused: it is older.
    """
    if trajectory.start_ns == 0:
        return replace(trajectory, start_ns=now_ns)
    age_s = (now_ns - trajectory.start_ns) / _NS_PER_S
    if age_s > max_age_s:
        raise GoalRefused(GoalCode.OLD_HEADER_TIMESTAMP, f'stamp: {age_s:.3f} s old, allowed '
                          f'{max_age_s} s; 0 starts at once')
    return trajectory


def check_joints(got: Sequence[str], expected: Sequence[str]) -> None:
    """Return when the joints of a goal are those of the arm, in any order.

    Raises:
        GoalRefused: they are not.
    """
    if sorted(got) != sorted(expected):
        raise GoalRefused(GoalCode.INVALID_JOINTS, f'joint_names: expected exactly '
                          f'{", ".join(expected)}, got {", ".join(got) or "none"}')
