# SPDX-License-Identifier: Apache-2.0
"""Watches one goal from the moment the arm follows it until it is known how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.goal import Goal
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_tolerances import farthest
from rho_core.motion.mode import ArmMode

_NS_PER_S = 1e9


class GoalFollower:
    """Compares an arm with a goal in each cycle.

    A cancelled goal ends when the arm is at rest. One that leaves its path tolerance is given up
    at once, and the arm comes to rest along the path.
    """

    def __init__(self, goal: Goal, motion: ArmMotion, joint_names: Sequence[str]) -> None:
        """Begin with a goal that the motion has just accepted."""
        self.goal = goal
        self._motion = motion
        self._names = joint_names
        self._settled_by_ns: int | None = None

    def update(self, steady_ns: int, measured: Sequence[float]) -> bool:
        """Judge one cycle; return whether the goal has ended.

        Args:
            steady_ns: steady time.
            measured: last measurement [rad, m], empty: none.
        """
        motion = self._motion
        if motion.is_complete and motion.mode is ArmMode.IDLE:
            self._settle(steady_ns, measured)
        elif motion.mode is ArmMode.MOVING and measured:
            self._follow(measured)
        elif not self.goal.is_canceling:
            is_tracking = motion.reason.startswith('tracking')
            self.goal.end(
                GoalCode.PATH_TOLERANCE_VIOLATED if is_tracking else GoalCode.INVALID_GOAL,
                f'the arm was stopped: {motion.reason}')
        elif motion.is_at_rest:
            self.goal.end(GoalCode.SUCCESSFUL, 'canceled: the arm rests')
        return self.goal.outcome is not None

    def _follow(self, measured: Sequence[float]) -> None:
        goal, motion = self.goal, self._motion
        if goal.is_canceling:
            motion.rest('goal canceled')
            return
        problem = farthest(motion.commanded, measured, goal.tolerances.path, self._names)
        if problem:
            goal.end(GoalCode.PATH_TOLERANCE_VIOLATED, problem)
            motion.rest(f'path tolerance: {problem}')

    def _settle(self, steady_ns: int, measured: Sequence[float]) -> None:
        goal = self.goal
        problem = farthest(self._motion.commanded, measured, goal.tolerances.goal, self._names)
        if self._settled_by_ns is None:
            self._settled_by_ns = steady_ns + round(goal.tolerances.settle_s * _NS_PER_S)
        if not problem:
            goal.end(GoalCode.SUCCESSFUL)
        elif goal.is_canceling:
            goal.end(GoalCode.SUCCESSFUL, 'canceled: the arm rests')
        elif steady_ns >= self._settled_by_ns:
            goal.end(GoalCode.GOAL_TOLERANCE_VIOLATED,
                     f'{problem}, {goal.tolerances.settle_s:g} s after the last point')
