# SPDX-License-Identifier: Apache-2.0
"""The controller over real DDS: it moves with a permit, refuses nonsense, stops by itself."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rclpy.context import Context
from rclpy.parameter import Parameter

from arm_controller.arm_controller_node import ArmControllerNode
from rho_core.contract.limits import JointLimits
from rho_core.motion.command_check import find_violations
from rho_core.motion.trajectory import JointTrajectory
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
PARAMETERS: dict[str, Any] = {
    'arm': 'left',
    'joint_names': ['left_turn_joint', 'left_slide_joint'],
    'lower_limits': [-2.0, 0.0],
    'upper_limits': [2.0, 0.04],
    'velocity_limits': [3.0, 0.2],
    'acceleration_limits': [10.0, 2.0],
    'jerk_limits': [200.0, 50.0],
    'rate_hz': RATE_HZ,
    # The machine of a test run is busy; the times themselves are tested without DDS.
    'permit_timeout_ms': 200.0,
    'measurement_timeout_ms': 300.0,
    'stall_limit_ms': 400.0,
    'realtime_priority': 0,
}
LIMITS = JointLimits(
    names=tuple(PARAMETERS['joint_names']),
    lower=np.array(PARAMETERS['lower_limits']),
    upper=np.array(PARAMETERS['upper_limits']),
    velocity=np.array(PARAMETERS['velocity_limits']),
    acceleration=np.array(PARAMETERS['acceleration_limits']),
    jerk=np.array(PARAMETERS['jerk_limits']),
)
MOVE = [[0.5 + 0.05 * i, 0.02] for i in range(11)]


def make(context: Context, **changes: Any) -> ArmControllerNode:
    values = {name: value for name, value in {**PARAMETERS, **changes}.items() if value != []}
    return ArmControllerNode(
        'left_arm_controller', context=context, use_global_arguments=False,
        parameter_overrides=[Parameter(name, value=value) for name, value in values.items()])


@pytest.fixture
def controller(context: Context) -> Iterator[tuple[ArmControllerNode, Spinner]]:
    node = make(context)
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        yield node, spinner


def wait_for_mode(cell: Any, mode: int) -> None:
    wait_for(lambda: cell.state.mode == mode, 10.0)


def wait_until_idle(cell: Any) -> None:
    wait_for(lambda: cell.is_connected, 10.0)
    cell.permit = Permit.RUN
    wait_for_mode(cell, ArmState.MODE_IDLE)


def wait_until_moving(cell: Any) -> None:
    wait_until_idle(cell)
    cell.send(MOVE)
    wait_for_mode(cell, ArmState.MODE_MOVING)
    wait_for(lambda: cell.read_commands()[-1][0] > START[0] + 0.05, 10.0)


def violations(cell: Any) -> list[str]:
    return find_violations(cell.read_commands(), LIMITS, period_s=1.0 / RATE_HZ)


def test_it_holds_the_measurement_and_follows_a_trajectory(cell: Any, controller: Any) -> None:
    wait_until_idle(cell)
    assert set(cell.read_commands()) == {START}
    cell.send(MOVE)
    wait_for(lambda: cell.state.accepted == 1 and cell.state.mode == ArmState.MODE_IDLE, 10.0)
    np.testing.assert_allclose(cell.read_commands()[-1], MOVE[-1], atol=1e-4)
    assert list(cell.state.joint_names) == list(LIMITS.names)
    np.testing.assert_allclose(cell.state.error, 0.0, atol=0.05)
    assert not violations(cell)


def test_nothing_is_commanded_without_a_measurement(context: Context, cell: Any) -> None:
    cell.is_measuring = False
    cell.permit = Permit.RUN
    node = make(context)
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        wait_for(lambda: cell.is_connected and cell.state.cycles > 100, 10.0)
        assert cell.state.mode == ArmState.MODE_UNCONFIGURED
        assert cell.state.reason == 'joint states: none received'
        assert cell.read_commands() == []


def test_a_trajectory_with_nan_is_refused_and_nothing_moves(cell: Any, controller: Any) -> None:
    wait_until_idle(cell)
    message = trajectory_to_ros(JointTrajectory(
        start_ns=cell.now_ns(), times_s=np.array([0.0, 0.1]), joint_names=LIMITS.names,
        positions=np.array([START, START])))
    message.points[1].positions[0] = float('nan')
    cell.send_message(message)
    wait_for(lambda: cell.state.refused == 1, 10.0)
    assert 'expected finite numbers, got nan in left_turn_joint at point 1' in (
        cell.state.last_refusal)
    assert cell.state.mode == ArmState.MODE_IDLE
    assert set(cell.read_commands()) == {START}


def test_a_trajectory_out_of_limits_is_refused_and_the_active_one_goes_on(
    cell: Any, controller: Any
) -> None:
    wait_until_moving(cell)
    cell.send([[7.0, 0.02]])
    wait_for(lambda: cell.state.refused == 1, 10.0)
    assert 'positions: 7.0000 in left_turn_joint' in cell.state.last_refusal
    wait_for_mode(cell, ArmState.MODE_IDLE)
    np.testing.assert_allclose(cell.read_commands()[-1], MOVE[-1], atol=1e-4)


def test_loss_of_the_permit_stops_within_the_limits_and_latches(
    cell: Any, controller: Any
) -> None:
    wait_until_moving(cell)
    cell.permit = None
    wait_for_mode(cell, ArmState.MODE_STOPPED)
    assert cell.state.reason.startswith('permit: ')
    assert (cell.state.latched, cell.state.stop_epoch) == (True, cell.epoch)
    held = tuple(cell.state.commanded)
    assert START[0] < held[0] < MOVE[-1][0]
    cell.permit = Permit.RUN
    wait_for(lambda: 'call safety/reset' in cell.state.reason, 10.0)
    cell.send(MOVE)
    wait_for(lambda: cell.state.refused == 1, 10.0)
    assert tuple(cell.state.commanded) == held
    cell.epoch += 1
    wait_for_mode(cell, ArmState.MODE_IDLE)
    cell.send([[held[0], 0.02], [held[0] + 0.02, 0.02]])
    wait_for(lambda: cell.state.accepted == 2 and cell.state.mode == ArmState.MODE_IDLE, 10.0)
    assert cell.read_commands()[-1][0] == pytest.approx(held[0] + 0.02, abs=1e-4)
    assert not violations(cell)


def test_deactivation_brings_the_arm_to_rest_first(cell: Any, controller: Any) -> None:
    wait_until_moving(cell)
    node, spinner = controller
    bring_down(node, spinner)
    seen = cell.ticks
    wait_for(lambda: cell.ticks > seen + 5, 10.0)
    commands = cell.read_commands()
    np.testing.assert_allclose(commands[-1], commands[-2], atol=1e-6)
    assert commands[-1][0] < MOVE[-1][0]
    assert not violations(cell)
    seen = cell.ticks
    wait_for(lambda: cell.ticks > seen + 10, 10.0)
    assert cell.read_commands() == commands


@pytest.mark.parametrize('name', [
    'arm', 'joint_names', 'lower_limits', 'upper_limits', 'velocity_limits',
    'acceleration_limits', 'jerk_limits',
])
def test_a_controller_without_limits_refuses_to_configure(context: Context, name: str) -> None:
    node = make(context, **{name: '' if name == 'arm' else []})
    with (
        spinning(node, context=context) as spinner,
        pytest.raises(RuntimeError, match='trigger_configure failed'),
    ):
        bring_up(node, spinner)
