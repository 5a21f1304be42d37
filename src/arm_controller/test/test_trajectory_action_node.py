# SPDX-License-Identifier: Apache-2.0
"""FollowJointTrajectory and the services beside it, over real DDS."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointTolerance
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from arm_controller.arm_controller_node import ArmControllerNode
from rho_core.contract.limits import JointLimits
from rho_core.motion.command_check import find_violations
from rho_core.motion.point_to_point import point_to_point
from rho_core.safety.permit import Permit
from rho_interfaces.msg import ArmState
from rho_ros.conversions.trajectory import trajectory_to_ros
from rho_ros.testing import Spinner
from rho_ros.testing import bring_down
from rho_ros.testing import bring_up
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

RATE_HZ = 200.0
START = (0.5, 0.02)
END = (0.9, 0.03)
LIMITS = JointLimits(
    names=('left_turn_joint', 'left_slide_joint'),
    lower=np.array([-2.0, 0.0]),
    upper=np.array([2.0, 0.04]),
    velocity=np.array([3.0, 0.2]),
    acceleration=np.array([10.0, 2.0]),
    jerk=np.array([200.0, 40.0]),
)
PARAMETERS: dict[str, Any] = {
    'arm': 'left',
    'joint_names': list(LIMITS.names),
    'lower_limits': LIMITS.lower.tolist(),
    'upper_limits': LIMITS.upper.tolist(),
    'velocity_limits': LIMITS.velocity.tolist(),
    'acceleration_limits': LIMITS.acceleration.tolist(),
    'jerk_limits': LIMITS.jerk.tolist(),
    'home_positions': [0.7, 0.03],
    'rate_hz': RATE_HZ,
    'permit_timeout_ms': 400.0,
    'measurement_timeout_ms': 450.0,
    'stall_limit_ms': 480.0,
    'realtime_priority': 0,
}
Result = FollowJointTrajectory.Result


@dataclass
class Rig:
    """The controller and a client of its action."""

    node: ArmControllerNode
    spinner: Spinner
    actions: Any
    services: Node
    feedback: list[Any] = field(default_factory=list)

    def send(self, goal: FollowJointTrajectory.Goal) -> Any:
        """Send a goal; return its handle."""
        wait_for(self.actions.server_is_ready, 10.0)
        future = self.actions.send_goal_async(goal, feedback_callback=self.feedback.append)
        wait_for(future.done, 10.0)
        return future.result()

    def finish(self, handle: Any, deadline_s: float = 15.0) -> tuple[int, int, str]:
        """Wait for the end; return status, code and text."""
        future = handle.get_result_async()
        wait_for(future.done, deadline_s)
        answer = future.result()
        return answer.status, answer.result.error_code, answer.result.error_string

    def follow(self, goal: FollowJointTrajectory.Goal) -> tuple[int, int, str]:
        """Send a goal and wait for its end."""
        return self.finish(self.send(goal))

    def call(self, name: str) -> Trigger.Response:
        """Call a service of the arm."""
        client = self.services.create_client(Trigger, f'left_arm_controller/{name}')
        wait_for(client.service_is_ready, 10.0)
        future = client.call_async(Trigger.Request())
        wait_for(future.done, 15.0)
        return future.result()


@pytest.fixture
def rig(context: Context) -> Iterator[Rig]:
    node = ArmControllerNode(
        'left_arm_controller', context=context, use_global_arguments=False,
        parameter_overrides=[Parameter(name, value=value) for name, value in PARAMETERS.items()])
    client = Node('client', context=context, use_global_arguments=False)
    with spinning(node, client, context=context) as spinner:
        bring_up(node, spinner)
        actions = ActionClient(
            client, FollowJointTrajectory, 'left_arm_controller/follow_joint_trajectory')
        yield Rig(node=node, spinner=spinner, actions=actions, services=client)
        spinner.call(actions.destroy)


def make_goal(
    end: tuple[float, float] = END, start: tuple[float, float] = START, fraction: float = 0.3,
) -> FollowJointTrajectory.Goal:
    trajectory = point_to_point(start, end, LIMITS, speed_fraction=fraction)
    return FollowJointTrajectory.Goal(trajectory=trajectory_to_ros(trajectory))


def ready(cell: Any) -> None:
    wait_for(lambda: cell.is_connected, 10.0)
    cell.permit = Permit.RUN
    wait_for(lambda: cell.state.mode == ArmState.MODE_IDLE, 10.0)


def wait_until_moving(cell: Any) -> None:
    wait_for(lambda: cell.read_commands()[-1][0] > START[0] + 0.02, 10.0)


def violations(cell: Any) -> list[str]:
    return find_violations(cell.read_commands(), LIMITS, period_s=1.0 / RATE_HZ)


def test_a_goal_is_followed_to_its_end_with_feedback(cell: Any, rig: Rig) -> None:
    ready(cell)
    goal = make_goal()
    goal.goal_tolerance = [JointTolerance(name=LIMITS.names[0], position=0.01)]
    assert rig.follow(goal) == (GoalStatus.STATUS_SUCCEEDED, Result.SUCCESSFUL, '')
    np.testing.assert_allclose(cell.read_commands()[-1], END, atol=1e-4)
    assert rig.feedback
    last = rig.feedback[-1].feedback
    assert list(last.joint_names) == list(LIMITS.names)
    np.testing.assert_allclose(
        np.subtract(last.desired.positions, last.actual.positions), last.error.positions)
    assert last.index > 0
    assert not violations(cell)


def test_a_goal_that_cannot_be_followed_says_so_by_its_code(cell: Any, rig: Rig) -> None:
    ready(cell)
    empty = FollowJointTrajectory.Goal()
    empty.trajectory.joint_names = list(LIMITS.names)
    other = make_goal()
    other.trajectory.joint_names = ['left_turn_joint', 'right_slide_joint']
    old = make_goal()
    old.trajectory.header.stamp.sec = 1
    wild = make_goal(end=(1.9, 0.03))
    wild.trajectory.points[-1].positions[0] = 2.5
    broken = make_goal()
    broken.trajectory.points[1].positions[0] = float('nan')
    for goal, code, text in (
        (empty, Result.INVALID_GOAL, 'points'),
        (other, Result.INVALID_JOINTS, 'right_slide_joint'),
        (old, Result.OLD_HEADER_TIMESTAMP, 's old, allowed'),
        (wild, Result.INVALID_GOAL, 'positions: 2.5000 in left_turn_joint'),
        (broken, Result.INVALID_GOAL, 'finite numbers, got nan'),
    ):
        status, got, said = rig.follow(goal)
        assert (status, got) == (GoalStatus.STATUS_ABORTED, code)
        assert text in said
    assert set(cell.read_commands()) == {START}


def test_a_cancelled_goal_ends_at_rest_and_never_steps_back(cell: Any, rig: Rig) -> None:
    ready(cell)
    handle = rig.send(make_goal(fraction=0.15))
    wait_until_moving(cell)
    canceling = handle.cancel_goal_async()
    wait_for(canceling.done, 10.0)
    assert len(canceling.result().goals_canceling) == 1
    status, code, text = rig.finish(handle)
    assert (status, code) == (GoalStatus.STATUS_CANCELED, Result.SUCCESSFUL), text
    wait_for(lambda: cell.state.mode == ArmState.MODE_IDLE, 10.0)
    turns = [command[0] for command in cell.read_commands()]
    assert START[0] < turns[-1] < END[0]
    assert min(np.diff(turns)) > -1e-5
    assert not violations(cell)


def test_an_arm_that_cannot_follow_leaves_the_path_tolerance(cell: Any, rig: Rig) -> None:
    ready(cell)
    cell.is_stuck = True
    goal = make_goal()
    goal.path_tolerance = [JointTolerance(name=LIMITS.names[0], position=0.05)]
    status, code, text = rig.follow(goal)
    assert (status, code) == (GoalStatus.STATUS_ABORTED, Result.PATH_TOLERANCE_VIOLATED), text
    assert text.startswith('left_turn_joint is 0.05')
    wait_for(lambda: cell.state.mode == ArmState.MODE_IDLE, 10.0)
    assert 'path tolerance' in cell.state.reason
    assert not violations(cell)


def test_an_arm_that_does_not_arrive_leaves_the_goal_tolerance(cell: Any, rig: Rig) -> None:
    ready(cell)
    cell.is_stuck = True
    goal = make_goal(end=(0.6, 0.02))
    goal.goal_tolerance = [JointTolerance(name=LIMITS.names[0], position=0.05)]
    goal.goal_time_tolerance.nanosec = 200_000_000
    status, code, text = rig.follow(goal)
    assert (status, code) == (GoalStatus.STATUS_ABORTED, Result.GOAL_TOLERANCE_VIOLATED), text
    assert text == ('left_turn_joint is 0.1000 away, allowed 0.0500, 0.2 s after the last point')


def test_a_stop_ends_a_goal(cell: Any, rig: Rig) -> None:
    ready(cell)
    handle = rig.send(make_goal(fraction=0.15))
    wait_until_moving(cell)
    cell.permit = Permit.STOP
    status, code, text = rig.finish(handle)
    assert (status, code) == (GoalStatus.STATUS_ABORTED, Result.INVALID_GOAL), text
    assert text == 'the arm was stopped: permit: STOP'


def test_the_policy_waits_for_a_goal_and_the_operator_does_not(cell: Any, rig: Rig) -> None:
    ready(cell)
    handle = rig.send(make_goal(fraction=0.15))
    wait_until_moving(cell)
    cell.send([list(cell.read_commands()[-1])])
    wait_for(lambda: cell.state.refused == 1, 10.0)
    assert cell.state.last_refusal.startswith('policy: the arm is commanded by action')
    assert cell.state.source == 'action'
    cell.send_as_operator([list(cell.read_commands()[-1])])
    status, code, text = rig.finish(handle)
    assert (status, code) == (GoalStatus.STATUS_ABORTED, Result.INVALID_GOAL), text
    assert text == 'replaced by a newer trajectory of operator'
    assert not violations(cell)


def test_deactivation_ends_a_goal_and_an_inactive_controller_rejects(
    cell: Any, rig: Rig
) -> None:
    ready(cell)
    handle = rig.send(make_goal(fraction=0.15))
    wait_until_moving(cell)
    rig.spinner.call(rig.node.trigger_deactivate)
    status, code, text = rig.finish(handle)
    assert (status, code) == (GoalStatus.STATUS_ABORTED, Result.INVALID_GOAL), text
    assert 'deactivated' in text
    assert not rig.send(make_goal()).accepted
    rig.spinner.call(rig.node.trigger_activate)
    bring_down(rig.node, rig.spinner)
    bring_up(rig.node, rig.spinner)


def test_an_arm_goes_home_when_it_waits_for_a_trajectory(cell: Any, rig: Rig) -> None:
    wait_for(lambda: cell.is_connected, 10.0)
    answer = rig.call('go_home')
    assert (answer.success, answer.message) == (False, 'home: the arm is not ready: see its state')
    ready(cell)
    answer = rig.call('go_home')
    assert (answer.success, answer.message) == (True, 'home: the arm is there')
    np.testing.assert_allclose(cell.read_commands()[-1], (0.7, 0.03), atol=1e-4)
    assert rig.call('go_park').message == 'park: nowhere, see parameter park_positions'
    assert not violations(cell)
