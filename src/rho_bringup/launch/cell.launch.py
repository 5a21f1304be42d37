# SPDX-License-Identifier: Apache-2.0
"""Starts a whole cell: `ros2 launch rho_bringup cell.launch.py mode:=sim`."""

import atexit
import shutil
import tempfile
from pathlib import Path

from launch import LaunchContext
from launch import LaunchDescription
from launch.action import Action
from launch.actions import DeclareLaunchArgument
from launch.actions import LogInfo
from launch.actions import OpaqueFunction
from launch.actions import RegisterEventHandler
from launch.actions import SetEnvironmentVariable
from launch.actions import Shutdown
from launch.actions import TimerAction
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.actions import Node

from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell
from rho_bringup.environment import DEFAULTS
from rho_bringup.environment import stack_environment
from rho_bringup.launch_mapping import node_actions
from rho_bringup.specs import node_specs

# Time that the arms get to come to rest by themselves when a node has died.
SETTLE_S = 2.0

ARGUMENTS = (
    ('cell', '', 'cell file, empty: the one of the package for the mode'),
    ('mode', 'sim', 'sim or real; must be that of the cell file'),
    ('namespace', '', 'namespace of the cell, empty: that of the cell file'),
    ('seed', '', 'scene of the simulator at start, empty: that of the cell file'),
    ('bundle', '', 'name or folder of the policy bundle, empty: that of the cell file'),
)


def start_cell(context: LaunchContext) -> list[Action]:
    """Return the actions of the cell that the arguments describe."""
    given = {name: LaunchConfiguration(name).perform(context) for name, _, _ in ARGUMENTS}
    cell = load_cell(
        Path(given['cell']) if given['cell'] else None,
        mode=given['mode'],
        overrides=Overrides(
            namespace=given['namespace'] or None,
            seed=int(given['seed']) if given['seed'] else None,
            bundle=given['bundle'] or None,
        ),
    )
    runtime_dir = Path(tempfile.mkdtemp(prefix='rho-'))
    # launch has no hook that runs after its last process has ended.
    atexit.register(shutil.rmtree, runtime_dir, ignore_errors=True)
    specs = node_specs(cell, runtime_dir=runtime_dir)
    nodes = node_actions(specs, node_class=Node, lifecycle_node_class=LifecycleNode)
    variables = stack_environment(context.environment)
    return [
        *(SetEnvironmentVariable(key, value) for key, value in variables.items()
          if key in DEFAULTS and key != 'ROS_AUTOMATIC_DISCOVERY_RANGE'),
        RegisterEventHandler(OnProcessExit(on_exit=end_with_node, handle_once=True)),
        *nodes,
    ]


def end_with_node(event: ProcessExited, context: LaunchContext) -> list[Action]:
    """End the cell when one of its processes has ended, after the arms have come to rest."""
    if context.is_shutdown:
        return []
    reason = f'{event.process_name} ended with exit code {event.returncode}'
    return [
        LogInfo(msg=f'{reason}; the cell shuts down'),
        TimerAction(period=SETTLE_S, actions=[Shutdown(reason=reason)]),
    ]


def generate_launch_description() -> LaunchDescription:
    """Return the description that `ros2 launch` carries out."""
    return LaunchDescription([
        *(DeclareLaunchArgument(name, default_value=default, description=text)
          for name, default, text in ARGUMENTS),
        OpaqueFunction(function=start_cell),
    ])
