# SPDX-License-Identifier: Apache-2.0
"""Parameters come from a dataclass; bad values are refused by name, with what is allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter

from rho_ros.parameters import ParameterError
from rho_ros.parameters import declare
from rho_ros.parameters import param
from rho_ros.testing import ros_context

pytestmark = pytest.mark.graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    device: str = field(metadata=param('device'))
    is_coupled: bool = field(default=True, metadata=param('coupled'))
    count: int = field(default=5, metadata=param('count', minimum=1, maximum=10))
    rate_hz: float = field(default=50.0, metadata=param('rate [Hz]', minimum=1.0, read_only=True))
    mode: str = field(default='sim', metadata=param('mode', choices=('sim', 'real')))
    names: tuple[str, ...] = field(default=(), metadata=param('names'))
    gains: tuple[float, ...] = field(default=(1.0, 2.0), metadata=param('gains', minimum=0.0))
    ids: tuple[int, ...] = field(default=(), metadata=param('ids'))


@pytest.fixture(scope='module')
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


def declared(context: Context, **overrides: Any) -> Everything:
    given = [Parameter(name, value=value) for name, value in overrides.items()]
    node = Node('node', context=context, parameter_overrides=given)
    try:
        return declare(node, Everything)
    finally:
        node.destroy_node()


def test_defaults_come_from_the_dataclass(context: Context) -> None:
    assert declared(context, device='/dev/x') == Everything(device='/dev/x')


def test_values_given_at_start_win(context: Context) -> None:
    values = declared(
        context, device='a', names=['l', 'r'], gains=[3.0], ids=[1, 2], count=10, is_coupled=False
    )
    assert values.names == ('l', 'r')
    assert values.gains == (3.0,)
    assert values.ids == (1, 2)
    assert (values.count, values.is_coupled) == (10, False)


def test_a_parameter_without_default_must_be_given(context: Context) -> None:
    with pytest.raises(ParameterError, match=r"'device'.*it has no default.*-p device:=VALUE"):
        declared(context)


@pytest.mark.parametrize(
    ('name', 'value', 'message'),
    [
        ('count', 0, r"'count'.*at least 1"),
        ('count', 11, r"'count'.*at most 10"),
        ('rate_hz', 0.5, r"'rate_hz'.*at least 1.0"),
        ('rate_hz', float('nan'), r"'rate_hz'.*at least 1.0"),
        ('rate_hz', 5, r"'rate_hz'.*decimal point"),
        ('count', 'five', r"'count'.*a whole number"),
        ('mode', 'fake', r"'mode'.*one of sim, real"),
        ('gains', [1.0, -1.0], r"'gains'.*at least 0.0"),
        ('gains', [float('inf')], r"'gains'.*finite"),
        ('names', 'left', r"'names'.*a list of strings"),
    ],
)
def test_bad_values_are_refused_by_name(
    context: Context, name: str, value: object, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        declared(context, device='a', **{name: value})


def test_descriptors_tell_tools_the_text_and_the_range(context: Context) -> None:
    given = [Parameter('device', value='a')]
    node = Node('described', context=context, parameter_overrides=given)
    try:
        declare(node, Everything)
        descriptor = node.describe_parameter('rate_hz')
        assert descriptor.description == 'rate [Hz]'
        assert descriptor.read_only
        assert descriptor.floating_point_range[0].from_value == 1.0
        change = Parameter('rate_hz', Parameter.Type.DOUBLE, 5.0)
        assert not node.set_parameters([change])[0].successful
    finally:
        node.destroy_node()


def test_a_field_without_description_is_a_bug_of_the_node(context: Context) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Undescribed:
        rate_hz: float = 1.0

    node = Node('undescribed', context=context)
    with pytest.raises(TypeError, match="'rate_hz'"):
        declare(node, Undescribed)
    node.destroy_node()
