# SPDX-License-Identifier: Apache-2.0
"""Tests of the mapping onto launch_ros: with stand-ins, and with the real one where it is."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell
from rho_bringup.launch_mapping import node_actions
from rho_bringup.launch_mapping import node_arguments
from rho_bringup.node_spec import NodeSpec
from rho_bringup.resources import shared
from rho_bringup.specs import node_specs


class FakeNode:
    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments


class FakeLifecycleNode(FakeNode):
    pass


def test_arguments_carry_everything_that_a_spec_says() -> None:
    spec = NodeSpec(package='p', executable='e', name='n', namespace='cell',
                    parameters={'a': (1.0, 2.0), 'b': 'x'}, remappings=(('in', 'out'),))
    assert node_arguments(spec) == {
        'package': 'p', 'executable': 'e', 'name': 'n', 'namespace': '/cell',
        'parameters': [{'a': [1.0, 2.0], 'b': 'x'}], 'remappings': [('in', 'out')],
        'output': 'both'}


def test_no_parameters_no_dictionary() -> None:
    arguments = node_arguments(NodeSpec(package='p', executable='e', name='n'))
    assert (arguments['parameters'], arguments['namespace']) == ([], '/')


def test_cell_maps_to_one_action_per_node(tmp_path: Path) -> None:
    cell = load_cell(overrides=Overrides(bundle=str(tmp_path)))
    specs = node_specs(cell, runtime_dir=tmp_path)
    actions = node_actions(specs, node_class=FakeNode, lifecycle_node_class=FakeLifecycleNode,
                           respawn=False)
    assert [action.arguments['name'] for action in actions] == [spec.name for spec in specs]
    plain = [action for action in actions if not isinstance(action, FakeLifecycleNode)]
    assert [action.arguments['name'] for action in plain] == ['lifecycle_manager']
    assert all(action.arguments['respawn'] is False for action in actions)


def launch_module() -> dict[str, Any]:
    for name in ('launch', 'launch_ros'):
        pytest.importorskip(name, reason=f'{name} comes with an installed ROS 2 only')
    return runpy.run_path(str(shared('launch/cell.launch.py')))


def test_launch_file_declares_its_arguments() -> None:
    description = launch_module()['generate_launch_description']()
    names = [argument.name for argument in description.get_launch_arguments()]
    assert names == ['cell', 'mode', 'namespace', 'seed', 'bundle']


def test_launch_file_makes_the_same_nodes(tmp_path: Path) -> None:
    module = launch_module()
    from launch import LaunchContext
    from launch_ros.actions import LifecycleNode
    from launch_ros.actions import Node

    context = LaunchContext()
    context.launch_configurations.update(
        cell='', mode='sim', namespace='cell_a', seed='7', bundle=str(tmp_path))
    actions = module['start_cell'](context)
    nodes = [action for action in actions if isinstance(action, Node)]
    cell = load_cell(overrides=Overrides(bundle=str(tmp_path)))
    specs = node_specs(cell, runtime_dir=tmp_path)
    assert [node.node_executable for node in nodes] == [spec.executable for spec in specs]
    assert [isinstance(node, LifecycleNode) for node in nodes] == [
        spec.lifecycle for spec in specs]
