# SPDX-License-Identifier: Apache-2.0
"""A controller refuses bad parameters by name and range, and does not start without limits."""

from dataclasses import fields
from typing import Any

import pytest
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.context import Context
from rclpy.parameter import Parameter

from arm_controller.arm_controller_node import ArmControllerNode
from arm_controller.controller_parameters import ControllerParameters
from rho_ros.parameters import ParameterError
from rho_ros.testing import bring_up
from rho_ros.testing import spinning

pytestmark = pytest.mark.graph

GOOD: dict[str, Any] = {
    'arm': 'left',
    'joint_names': ['left_turn_joint', 'left_slide_joint'],
    'lower_limits': [-2.0, 0.0],
    'upper_limits': [2.0, 0.04],
    'velocity_limits': [3.0, 0.2],
    'acceleration_limits': [10.0, 2.0],
    'jerk_limits': [200.0, 40.0],
    'realtime_priority': 0,
}
NUMBERS = [item for item in fields(ControllerParameters) if isinstance(item.default, (int, float))]


def make(context: Context, **changes: Any) -> ArmControllerNode:
    values = {name: value for name, value in {**GOOD, **changes}.items() if value != []}
    return ArmControllerNode(
        'left_arm_controller', context=context, use_global_arguments=False,
        parameter_overrides=[Parameter(name, value=value) for name, value in values.items()])


def describe(context: Context, name: str) -> ParameterDescriptor:
    node = make(context)
    descriptor = node.describe_parameter(name)
    node.destroy_node()
    return descriptor


def bounds(descriptor: ParameterDescriptor) -> tuple[float, float]:
    ranges = [*descriptor.integer_range, *descriptor.floating_point_range]
    return ranges[0].from_value, ranges[0].to_value


@pytest.mark.parametrize('item', NUMBERS, ids=[item.name for item in NUMBERS])
def test_a_number_out_of_its_range_is_refused_by_name(context: Context, item: Any) -> None:
    descriptor = describe(context, item.name)
    assert descriptor.description
    for beyond in (bounds(descriptor)[0] - 1, bounds(descriptor)[1] + 1):
        with pytest.raises(ParameterError, match=f"'{item.name}'.*at least .*at most"):
            make(context, **{item.name: type(item.default)(beyond)})


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_a_number_that_is_not_finite_is_refused(context: Context, value: float) -> None:
    with pytest.raises(ParameterError, match='ramp_s'):
        make(context, ramp_s=value)


@pytest.mark.parametrize(('changes', 'said'), [
    ({'arm': ''}, "arm: expected the arm's name"),
    ({'joint_names': []}, 'joint_names: expected the names'),
    ({'lower_limits': []}, 'lower_limits: expected 2 limits, got none'),
    ({'upper_limits': []}, 'upper_limits: expected 2 limits, got none'),
    ({'velocity_limits': []}, 'velocity_limits: expected 2 limits, got none'),
    ({'acceleration_limits': []}, 'acceleration_limits: expected 2 limits, got none'),
    ({'jerk_limits': []}, 'jerk_limits: expected 2 limits, got none'),
    ({'jerk_limits': [200.0]}, 'limits.jerk: expected 2 values'),
    ({'velocity_limits': [3.0, 0.0]}, 'limits.velocity: left_slide_joint: expected a positive'),
    ({'acceleration_limits': [-1.0, 2.0]}, 'limits.acceleration: left_turn_joint'),
    ({'lower_limits': [3.0, 0.0]}, 'limits.lower: left_turn_joint: expected lower < upper'),
    ({'tracking_limits': [1.0]}, 'tracking_limits: expected 2 positive numbers'),
    ({'goal_tolerances': [0.1]}, 'goal_tolerances: expected 2 numbers'),
    ({'path_tolerances': [0.1, 0.0]}, 'path_tolerances: expected positive numbers'),
    ({'home_positions': [9.0, 0.02]}, 'home_positions: left_turn_joint: expected -2.0 to 2.0'),
    ({'park_positions': [0.0]}, 'park_positions: expected 2 numbers'),
    ({'geometry': 'arms: {}'}, 'arm_to_arm_m: missing'),
    ({'backend': 'teleport'}, 'teleport'),
])
def test_a_controller_that_cannot_work_refuses_to_configure(
    context: Context, capfd: pytest.CaptureFixture[str], changes: dict[str, Any], said: str
) -> None:
    node = make(context, **changes)
    with (
        spinning(node, context=context) as spinner,
        pytest.raises(RuntimeError, match='trigger_configure failed'),
    ):
        bring_up(node, spinner)
    assert said in capfd.readouterr().err
