# SPDX-License-Identifier: Apache-2.0
"""Tests of node specs and of the order in which nodes come and go."""

from typing import Any

import pytest

from rho_bringup.lifecycle_order import bring_up_order
from rho_bringup.lifecycle_order import shut_down_order
from rho_bringup.node_spec import NodeSpec
from rho_core.errors import ConfigError


def spec(name: str = 'watchdog', **changes: Any) -> NodeSpec:
    return NodeSpec(**{'package': 'p', 'executable': 'watchdog_node', 'name': name, **changes})


@pytest.mark.parametrize(('namespace', 'expected'), [
    ('', '/watchdog'), ('cell_a', '/cell_a/watchdog'), ('/a/b', '/a/b/watchdog')])
def test_full_name_is_absolute(namespace: str, expected: str) -> None:
    assert spec(namespace=namespace).full_name == expected


@pytest.mark.parametrize('changes', [
    {'name': 'two words'}, {'name': ''}, {'executable': '../x'}, {'namespace': 'a//b'}])
def test_bad_names_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        spec(**changes)


@pytest.mark.parametrize(('value', 'reason'), [
    ((), 'empty'), ((1, 2.0), 'mixes'), ([1], 'type list'), (None, 'NoneType')])
def test_values_that_ros_cannot_carry_are_refused(value: Any, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        spec(parameters={'key': value})


def test_parameters_cannot_be_changed() -> None:
    values: dict[str, Any] = {'key': 1}
    made = spec(parameters=values)
    values['key'] = 2
    assert made.parameters['key'] == 1


def cell() -> list[NodeSpec]:
    executables = {'arm_l': 'arm_controller_node', 'policy': 'policy_node', 'sim': 'sim_node',
                   'skin': 'tactile_driver_node', 'watchdog': 'watchdog_node',
                   'arm_r': 'arm_controller_node', 'extra': 'viewer_node'}
    managed = [spec(name, executable=executable) for name, executable in executables.items()]
    return [*managed, spec('manager', executable='lifecycle_manager_node', lifecycle=False)]


def test_who_watches_comes_first_and_who_moves_last() -> None:
    assert bring_up_order(cell()) == (
        'watchdog', 'sim', 'skin', 'policy', 'arm_l', 'arm_r', 'extra')


def test_arms_go_down_first_then_the_reverse() -> None:
    assert shut_down_order(cell()) == (
        'arm_l', 'arm_r', 'extra', 'policy', 'skin', 'sim', 'watchdog')
