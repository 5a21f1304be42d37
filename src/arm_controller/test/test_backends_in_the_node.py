# SPDX-License-Identifier: Apache-2.0
"""The controller over real DDS with the other back ends: it moves, and stops when the arm goes."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from rclpy.context import Context
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from trajectory_msgs.msg import JointTrajectory

from arm_controller.arm_controller_node import ArmControllerNode
from arm_controller.testing.processes import RobotProcess
from arm_controller.testing.processes import WidowXProcess
from rho_core.motion.trajectory import JointTrajectory as Trajectory
from rho_core.safety.permit import Permit
from rho_interfaces.msg import ArmState
from rho_ros import qos
from rho_ros.conversions.trajectory import trajectory_to_ros
from rho_ros.polling import PolledSubscription
from rho_ros.testing import Spinner
from rho_ros.testing import bring_up
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

LOST = {'kind': 'lost', 'from_s': 0.0}
PATIENT = {'answer_timeout_ms': 400.0}


def make(context: Context, backend: dict[str, Any], joints: int = 2) -> ArmControllerNode:
    names = ['left_turn_joint', 'left_slide_joint', *(f'joint_{i}' for i in range(2, joints))]
    values: dict[str, Any] = {
        'arm': 'left',
        'joint_names': names[:joints],
        'lower_limits': [-3.0] * joints,
        'upper_limits': [3.0] * joints,
        'velocity_limits': [1.0] * joints,
        'acceleration_limits': [5.0] * joints,
        'jerk_limits': [100.0] * joints,
        'rate_hz': 200.0,
        'permit_timeout_ms': 200.0,
        'measurement_timeout_ms': 300.0,
        'stall_limit_ms': 400.0,
        'realtime_priority': 0,
        'backend': json.dumps(backend),
    }
    return ArmControllerNode(
        'left_arm_controller', context=context, use_global_arguments=False,
        parameter_overrides=[Parameter(name, value=value) for name, value in values.items()])


@contextmanager
def running(node: ArmControllerNode, context: Context) -> Iterator[Spinner]:
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        yield spinner


def wait_until_idle(cell: Any) -> None:
    wait_for(lambda: cell.is_connected, 10.0)
    cell.permit = Permit.RUN
    wait_for(lambda: cell.state.mode == ArmState.MODE_IDLE, 10.0)


def send_move(cell: Any, distance: float = 0.3) -> float:
    """Send the first joint away from where it is commanded; returns where that is."""
    start = np.array(cell.state.commanded)
    rows = np.tile(start, (11, 1))
    rows[:, 0] += distance * np.linspace(0.0, 1.0, 11)
    cell.send_message(trajectory_to_ros(Trajectory(
        start_ns=cell.now_ns(),
        times_s=0.2 * np.arange(11.0),
        joint_names=tuple(cell.state.joint_names),
        positions=rows,
    )))
    return float(start[0])


def test_a_lost_arm_stops_at_once_and_its_state_says_why(context: Context, cell: Any) -> None:
    node = make(context, {'kind': 'mock', 'start': [0.5, 0.02],
                          'faults': [{**LOST, 'from_s': 2.5}]})
    with running(node, context):
        wait_until_idle(cell)
        send_move(cell)
        wait_for(lambda: cell.state.mode == ArmState.MODE_MOVING, 10.0)
        wait_for(lambda: cell.state.mode == ArmState.MODE_STOPPED, 10.0)
    assert cell.state.reason.startswith('mock: connection lost')
    assert cell.state.latched
    assert not cell.read_commands()


def test_a_mock_moves_without_any_driver(context: Context, cell: Any) -> None:
    cell.is_measuring = False
    node = make(context, {'kind': 'mock', 'start': [0.5, 0.02], 'lag_ms': 10.0})
    with running(node, context):
        wait_until_idle(cell)
        send_move(cell)
        wait_for(lambda: abs(cell.state.measured[0] - 0.8) < 1e-3, 10.0)


def test_an_arm_that_does_not_follow_is_stopped(context: Context, cell: Any) -> None:
    node = make(context, {'kind': 'mock', 'start': [0.5, 0.02],
                          'faults': [{'kind': 'stuck'}]})
    with running(node, context):
        wait_until_idle(cell)
        send_move(cell, distance=0.9)
        wait_for(lambda: cell.state.mode == ArmState.MODE_STOPPED, 10.0)
    assert cell.state.reason.startswith('tracking: left_turn_joint is at 0.5000')


def test_a_stock_controller_gets_points_that_it_can_follow(context: Context, cell: Any) -> None:
    points = PolledSubscription(
        cell.node, JointTrajectory, 'left_joint_trajectory_controller/joint_trajectory',
        qos.command())
    node = make(context, {'kind': 'joint_trajectory', 'rate_hz': 50.0, 'horizon_ms': 40.0})
    seen: list[Any] = []
    with running(node, context):
        wait_until_idle(cell)
        wait_for(lambda: seen.extend(points.take_all()) or len(seen) > 3, 10.0)
    message = seen[-1]
    assert list(message.joint_names) == ['left_turn_joint', 'left_slide_joint']
    (point,) = message.points
    assert list(point.positions) == [0.5, 0.02]
    assert list(point.velocities) == []
    assert (point.time_from_start.sec, point.time_from_start.nanosec) == (0, 40_000_000)
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (0, 0)


@pytest.mark.parametrize(('backend', 'transition'), [
    ({'kind': 'mok'}, 'trigger_configure'),
    ({'kind': 'mock', 'start': [1.0]}, 'trigger_configure'),
    ({'kind': 'trossen', 'host': '127.0.0.1'}, 'trigger_configure'),
])
def test_a_back_end_that_does_not_fit_does_not_configure(
    context: Context, backend: dict[str, Any], transition: str
) -> None:
    node = make(context, backend)
    with spinning(node, context=context) as spinner:
        result = spinner.call(getattr(node, transition))
        assert result == TransitionCallbackReturn.FAILURE


Start = Callable[[], tuple[dict[str, Any], int, Callable[[], object], Callable[[], object]]]


def widowx() -> tuple[dict[str, Any], int, Callable[[], object], Callable[[], object]]:
    for module in ('trossen_arm', 'trossen_arm_sim'):
        pytest.importorskip(module, reason='pip install -r requirements/hardware.txt')
    arm = WidowXProcess()
    return {'kind': 'trossen', 'host': arm.host, **PATIENT}, 7, arm.process.kill, arm.end


def universal_robot() -> tuple[dict[str, Any], int, Callable[[], object], Callable[[], object]]:
    pytest.importorskip('rtde_control', reason='pip install ur-rtde; it has no wheel for Python '
                        '3.13 and later, and none but for x86-64')
    robot = RobotProcess()
    options = {'kind': 'ur_rtde', 'host': robot.host, 'watchdog_hz': 2.0, **PATIENT}
    return options, 6, lambda: robot.order('protective_stop'), robot.end


@pytest.mark.slow
@pytest.mark.parametrize('start', [widowx, universal_robot])
def test_a_vendors_arm_moves_and_when_it_stops_so_does_its_controller(
    context: Context, cell: Any, start: Start
) -> None:
    backend, joints, fail, end = start()
    try:
        node = make(context, backend, joints)
        with running(node, context):
            wait_until_idle(cell)
            begun = send_move(cell)
            wait_for(lambda: abs(cell.state.measured[0] - begun - 0.3) < 0.01, 20.0)
            send_move(cell, distance=-0.3)
            wait_for(lambda: cell.state.mode == ArmState.MODE_MOVING, 10.0)
            fail()
            wait_for(lambda: cell.state.mode == ArmState.MODE_STOPPED, 10.0)
            assert cell.state.latched
            assert cell.state.reason.startswith(backend['kind'])
    finally:
        end()
