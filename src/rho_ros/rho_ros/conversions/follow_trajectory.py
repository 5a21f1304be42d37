# SPDX-License-Identifier: Apache-2.0
"""The action FollowJointTrajectory: goals, results and feedback."""

from array import array
from collections.abc import Sequence
from typing import Any

from control_msgs.action import FollowJointTrajectory

from rho_core.errors import Refused
from rho_core.motion.goal import GoalProgress
from rho_core.motion.goal import check_joints
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalOutcome
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.goal_tolerances import merge_tolerances
from rho_core.motion.trajectory import JointTrajectory
from rho_ros.conversions.time import duration_from_ros
from rho_ros.conversions.time import duration_to_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.conversions.trajectory import trajectory_from_ros

_NS_PER_S = 1e9
_FOR_SEVERAL_DEGREES = ('component_path_tolerance', 'component_goal_tolerance')


def goal_from_ros(
    goal: FollowJointTrajectory.Goal, joint_names: Sequence[str], defaults: GoalTolerances
) -> tuple[JointTrajectory, GoalTolerances]:
    """Reads a goal.

    Args:
        goal: the message.
        joint_names: joints of the arm.
        defaults: tolerances where the goal has none.

    Raises:
        GoalRefused: it is not well formed, for other joints, or asks for what is not measured.
    """
    for field in _FOR_SEVERAL_DEGREES:
        if getattr(goal, field):
            raise GoalRefused(GoalCode.INVALID_GOAL, f'{field}: expected none, this arm has no '
                              'joints with several degrees of freedom')
    if goal.multi_dof_trajectory.points:
        raise GoalRefused(GoalCode.INVALID_GOAL, 'multi_dof_trajectory: expected no points, this '
                          'arm has no joints with several degrees of freedom')
    check_joints(goal.trajectory.joint_names, joint_names)
    try:
        trajectory = trajectory_from_ros(goal.trajectory)
    except Refused as error:
        raise GoalRefused(GoalCode.INVALID_GOAL, str(error)) from error
    settle_s = duration_from_ros(goal.goal_time_tolerance) / _NS_PER_S
    if settle_s < 0.0:
        raise GoalRefused(GoalCode.INVALID_GOAL, f'goal_time_tolerance: expected >= 0, got '
                          f'{settle_s} s')
    tolerances = GoalTolerances(
        path=merge_tolerances('path_tolerance', _positions('path_tolerance', goal.path_tolerance),
                              defaults.path, joint_names),
        goal=merge_tolerances('goal_tolerance', _positions('goal_tolerance', goal.goal_tolerance),
                              defaults.goal, joint_names),
        settle_s=settle_s or defaults.settle_s,
    )
    return trajectory, tolerances


def outcome_to_ros(outcome: GoalOutcome) -> FollowJointTrajectory.Result:
    """Makes the end of a goal a result."""
    return FollowJointTrajectory.Result(error_code=int(outcome.code), error_string=outcome.text)


def outcome_from_ros(
    result: FollowJointTrajectory.Result, *, is_canceled: bool = False
) -> GoalOutcome:
    """Reads a result; whether it was cancelled is in the status of the goal.

    Raises:
        Refused: the code has no meaning.
    """
    try:
        code = GoalCode(result.error_code)
    except ValueError as error:
        allowed = ', '.join(f'{item.value} ({item.name})' for item in GoalCode)
        raise Refused(f'error_code: expected one of {allowed}, got {result.error_code}') from error
    return GoalOutcome(code=code, text=result.error_string, is_canceled=is_canceled)


def progress_to_ros(
    progress: GoalProgress, trajectory: JointTrajectory, joint_names: Sequence[str], now_ns: int
) -> FollowJointTrajectory.Feedback:
    """Makes the progress of a goal feedback."""
    feedback = FollowJointTrajectory.Feedback(joint_names=list(joint_names))
    feedback.header.stamp = time_to_ros(now_ns)
    since_start = duration_to_ros(max(0, round(progress.path_s * _NS_PER_S)))
    for point in (feedback.desired, feedback.actual, feedback.error):
        point.time_from_start = since_start
    feedback.desired.positions = array('d', progress.commanded)
    feedback.desired.velocities = array('d', progress.velocities)
    if progress.measured:
        feedback.actual.positions = array('d', progress.measured)
        feedback.error.positions = array('d', [
            commanded - measured for commanded, measured in zip(
                progress.commanded, progress.measured, strict=True)])
    # Jazzy's control_msgs does not have it.
    if hasattr(feedback, 'index'):
        feedback.index = max(0, int((trajectory.times_s <= progress.path_s).sum()) - 1)
    return feedback


def _positions(field: str, tolerances: Sequence[Any]) -> dict[str, float]:
    asked = {}
    for tolerance in tolerances:
        for quantity in ('velocity', 'acceleration'):
            value = getattr(tolerance, quantity)
            if value not in (0.0, -1.0):
                raise GoalRefused(GoalCode.INVALID_GOAL, f'{field}: {tolerance.name}: {quantity}: '
                                  f'expected 0 or -1, got {value}: only positions are measured')
        asked[tolerance.name] = tolerance.position
    return asked
