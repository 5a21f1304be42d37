# SPDX-License-Identifier: Apache-2.0
"""Goals, results and feedback of FollowJointTrajectory."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message

pytest.importorskip('control_msgs')

from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointComponentTolerance
from control_msgs.msg import JointTolerance
from trajectory_msgs.msg import MultiDOFJointTrajectoryPoint

from rho_core.errors import Refused
from rho_core.motion.goal import GoalProgress
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalOutcome
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.trajectory import JointTrajectory
from rho_ros.conversions.follow_trajectory import goal_from_ros
from rho_ros.conversions.follow_trajectory import outcome_from_ros
from rho_ros.conversions.follow_trajectory import outcome_to_ros
from rho_ros.conversions.follow_trajectory import progress_to_ros
from rho_ros.conversions.trajectory import trajectory_to_ros

NAMES = ('turn', 'slide')
DEFAULTS = GoalTolerances(path=(0.5, 0.05), goal=(0.4, 0.04), settle_s=1.0)
WAY = JointTrajectory(
    start_ns=5, times_s=np.array([0.0, 0.1, 0.2]), joint_names=NAMES,
    positions=np.array([[0.0, 0.0], [0.1, 0.0], [0.2, 0.0]]))


def make_goal(**changes: Any) -> FollowJointTrajectory.Goal:
    goal = FollowJointTrajectory.Goal(trajectory=trajectory_to_ros(WAY), **changes)
    return deserialize_message(serialize_message(goal), FollowJointTrajectory.Goal)


def test_a_goal_without_tolerances_gets_the_defaults() -> None:
    trajectory, tolerances = goal_from_ros(make_goal(), NAMES, DEFAULTS)
    np.testing.assert_array_equal(trajectory.positions, WAY.positions)
    assert tolerances == DEFAULTS


def test_a_goal_may_bring_its_own_tolerances() -> None:
    goal = make_goal(
        path_tolerance=[JointTolerance(name='slide', position=-1.0, velocity=-1.0)],
        goal_tolerance=[JointTolerance(name='turn', position=0.01)])
    goal.goal_time_tolerance.nanosec = 250_000_000
    _, tolerances = goal_from_ros(goal, NAMES, DEFAULTS)
    assert tolerances == GoalTolerances(path=(0.5, math.inf), goal=(0.01, 0.04), settle_s=0.25)


@pytest.mark.parametrize(('changes', 'code', 'said'), [
    ({'component_goal_tolerance': [JointComponentTolerance()]}, GoalCode.INVALID_GOAL,
     'component_goal_tolerance'),
    ({'path_tolerance': [JointTolerance(name='turn', velocity=1.0)]}, GoalCode.INVALID_GOAL,
     'path_tolerance: turn: velocity: expected 0 or -1, got 1.0'),
    ({'goal_tolerance': [JointTolerance(name='elbow', position=1.0)]}, GoalCode.INVALID_JOINTS,
     'elbow'),
    ({'goal_tolerance': [JointTolerance(name='turn', position=math.nan)]}, GoalCode.INVALID_GOAL,
     'got nan'),
])
def test_what_this_arm_cannot_do_is_refused(
    changes: dict[str, Any], code: GoalCode, said: str
) -> None:
    with pytest.raises(GoalRefused, match=said) as caught:
        goal_from_ros(make_goal(**changes), NAMES, DEFAULTS)
    assert caught.value.code is code


def test_joints_with_several_degrees_of_freedom_are_refused() -> None:
    goal = make_goal()
    goal.multi_dof_trajectory.points = [MultiDOFJointTrajectoryPoint()]
    with pytest.raises(GoalRefused, match='multi_dof_trajectory'):
        goal_from_ros(goal, NAMES, DEFAULTS)


def test_a_negative_time_is_refused() -> None:
    goal = make_goal()
    goal.goal_time_tolerance.sec = -1
    with pytest.raises(GoalRefused, match='goal_time_tolerance: expected >= 0'):
        goal_from_ros(goal, NAMES, DEFAULTS)


@given(st.builds(GoalOutcome, code=st.sampled_from(GoalCode), text=st.text(max_size=20).filter(
    lambda text: '\0' not in text), is_canceled=st.booleans()))
def test_outcomes_survive_the_wire(outcome: GoalOutcome) -> None:
    message = deserialize_message(
        serialize_message(outcome_to_ros(outcome)), FollowJointTrajectory.Result)
    assert outcome_from_ros(message, is_canceled=outcome.is_canceled) == outcome


def test_codes_are_those_of_the_action() -> None:
    for code in GoalCode:
        assert getattr(FollowJointTrajectory.Result, code.name) == code
    with pytest.raises(Refused, match=r'0 \(SUCCESSFUL\).*got 7'):
        outcome_from_ros(FollowJointTrajectory.Result(error_code=7))


def test_feedback_tells_commanded_measured_and_the_point_in_use() -> None:
    progress = GoalProgress(path_s=0.15, commanded=(0.2, 0.1), velocities=(1.0, 0.0),
                            measured=(0.1, 0.3))
    feedback = progress_to_ros(progress, WAY, NAMES, 7)
    assert list(feedback.joint_names) == list(NAMES)
    assert feedback.header.stamp.nanosec == 7
    assert feedback.desired.time_from_start.nanosec == 150_000_000
    np.testing.assert_allclose(feedback.desired.positions, (0.2, 0.1))
    np.testing.assert_allclose(feedback.actual.positions, (0.1, 0.3))
    np.testing.assert_allclose(feedback.error.positions, (0.1, -0.2))
    if hasattr(feedback, 'index'):
        assert feedback.index == 1


def test_feedback_without_a_measurement_has_none() -> None:
    progress = GoalProgress(path_s=-0.1, commanded=(0.2, 0.1), velocities=(1.0, 0.0), measured=())
    feedback = progress_to_ros(progress, WAY, NAMES, 7)
    assert list(feedback.actual.positions) == []
    assert feedback.desired.time_from_start.sec == 0
