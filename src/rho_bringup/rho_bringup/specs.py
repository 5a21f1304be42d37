# SPDX-License-Identifier: Apache-2.0
"""Turns a cell into the nodes that it needs. The only place that knows the nodes' parameters."""

from dataclasses import replace
from pathlib import Path

from rho_bringup.cell import Cell
from rho_bringup.lifecycle_order import bring_up_order
from rho_bringup.lifecycle_order import shut_down_order
from rho_bringup.node_spec import NodeSpec
from rho_bringup.node_spec import ParameterValue
from rho_bringup.resources import resolve_bundle
from rho_description import CellDescription
from rho_description import cell as describe_cell
from rho_description import safety_geometry_text

# From anywhere in the workspace no point of an arm then exceeds the speed limit of the cell.
_PLACE_SPEED_FRACTION = 0.12

# Larger messages are cut to pieces, of which the default buffers of sockets lose some.
_DATAGRAM_BYTES = 60_000
_WITH_IMAGES = ('watchdog_node', 'sim_node', 'policy_node')


def node_specs(
    cell: Cell, *, runtime_dir: Path, description: CellDescription | None = None
) -> tuple[NodeSpec, ...]:
    """Return the nodes of a cell in bring-up order, the lifecycle manager last.

    Args:
        cell: What is connected and how it runs.
        runtime_dir: Folder in which the simulator links the fingertips' pseudo-terminals.
        description: What is fixed in the hardware, None: the shipped one.

    Raises:
        ConfigError: The policy bundle is not there.
    """
    description = describe_cell() if description is None else description
    managed = tuple(_in_own_memory(spec, cell, description) for spec in (
        _watchdog(cell),
        _geometry_guard(cell, description),
        *((_simulator(cell, runtime_dir),) if cell.sim is not None else ()),
        *(_tactile_driver(cell, name, runtime_dir) for name in cell.tactile),
        _policy(cell, description),
        *(_controller(cell, arm, description) for arm in cell.arms),
    ))
    return (*managed, _manager(cell, managed))


def _in_own_memory(spec: NodeSpec, cell: Cell, description: CellDescription) -> NodeSpec:
    """Keep a node out of shared memory unless it needs it for images.

    Whoever shares memory waits up to 333 ms, with all it writes and reads, when somebody joins
    the graph (Fast DDS issue 6535): longer than any deadline.
    """
    images = [description.cameras[name] for name in cell.cameras]
    is_small = all(3 * one.width * one.height <= _DATAGRAM_BYTES for one in images)
    needs_memory = spec.executable in _WITH_IMAGES and not is_small
    return replace(spec, shares_memory=needs_memory)


def _node(
    cell: Cell,
    package: str,
    executable: str,
    parameters: dict[str, ParameterValue],
    *,
    name: str | None = None,
    lifecycle: bool = True,
) -> NodeSpec:
    if cell.sim is not None and cell.sim.publish_clock and executable != 'sim_node':
        parameters = {'use_sim_time': True, **parameters}
    return NodeSpec(
        package=package,
        executable=executable,
        name=executable.removesuffix('_node') if name is None else name,
        namespace=cell.namespace,
        parameters=parameters,
        lifecycle=lifecycle,
    )


def _watchdog(cell: Cell) -> NodeSpec:
    rules = cell.watchdog
    return _node(cell, 'arm_controller', 'watchdog_node', {
        'arms': cell.arms,
        'streams': rules.watch_list().to_text(),
        'rate_hz': rules.rate_hz,
        'realtime_priority': rules.realtime_priority,
        'coupled': rules.coupled,
        'reset_quiet_ms': rules.reset_quiet_ms,
    })


def _geometry_guard(cell: Cell, description: CellDescription) -> NodeSpec:
    rules = cell.geometry
    return _node(cell, 'arm_controller', 'geometry_guard_node', {
        'geometry': safety_geometry_text(description, cell.arms),
        'rate_hz': rules.rate_hz,
        'realtime_priority': rules.realtime_priority,
        'speed_limit_m_s': rules.speed_limit_m_s,
        'reduced': rules.reduced,
        'reduced_speed_m_s': rules.reduced_speed_m_s,
        'reaction_ms': rules.reaction_ms,
        'stop_ms': rules.stop_ms,
    })


def _simulator(cell: Cell, runtime_dir: Path) -> NodeSpec:
    assert cell.sim is not None
    return _node(cell, 'rho_sim', 'sim_node', {
        'seed': cell.sim.seed,
        'publish_clock': cell.sim.publish_clock,
        'realtime_priority': cell.sim.realtime_priority,
        'tactile_dir': str(runtime_dir),
    })


def _tactile_driver(cell: Cell, name: str, runtime_dir: Path) -> NodeSpec:
    sensor = cell.tactile[name]
    device = str(runtime_dir / name) if sensor.device is None else sensor.device
    return _node(cell, 'tactile_driver', 'tactile_driver_node', {
        'sensor_id': name,
        'device': device,
        'format': sensor.format,
        'frame_id': sensor.frame,
    }, name=f'{name}_driver')


def _policy(cell: Cell, description: CellDescription) -> NodeSpec:
    policy = cell.policy
    arms = [description.arm(name) for name in cell.arms]
    limits = [arm.limits for arm in arms]
    return _node(cell, 'rho_policy_node', 'policy_node', {
        'bundle': str(resolve_bundle(policy.bundle)),
        'embodiment': description.name,
        'arms': cell.arms,
        'joints': tuple(name for arm in arms for name in arm.joint_names),
        'joints_per_arm': tuple(len(arm.joint_names) for arm in arms),
        'joint_lower': tuple(value for one in limits for value in one.lower.tolist()),
        'joint_upper': tuple(value for one in limits for value in one.upper.tolist()),
        'joint_velocity': tuple(value for one in limits for value in one.velocity.tolist()),
        'action_rate_hz': policy.action_rate_hz,
        'context_rate_hz': policy.context_rate_hz,
        'realtime_priority': policy.realtime_priority,
        'threads': policy.threads,
    })


def _controller(cell: Cell, arm: str, description: CellDescription) -> NodeSpec:
    settings = cell.controllers
    joints = description.arm(arm)
    limits = joints.limits
    return _node(cell, 'arm_controller', 'arm_controller_node', {
        'arm': arm,
        'joint_names': joints.joint_names,
        'lower_limits': tuple(limits.lower.tolist()),
        'upper_limits': tuple(limits.upper.tolist()),
        'velocity_limits': tuple(limits.velocity.tolist()),
        'acceleration_limits': tuple(limits.acceleration.tolist()),
        'jerk_limits': tuple(limits.jerk.tolist()),
        'rate_hz': settings.rate_hz,
        'realtime_priority': settings.realtime_priority,
        'permit_timeout_ms': settings.permit_timeout_ms,
        'backend': settings.backends.get(arm, 'forward_position'),
        'home_positions': tuple(joints.home.tolist()),
        'place_speed_fraction': _PLACE_SPEED_FRACTION,
        **({'park_positions': settings.park[arm]} if arm in settings.park else {}),
        'geometry': safety_geometry_text(description, cell.arms),
        'speed_limit_m_s': cell.geometry.speed_limit_m_s,
        'first_stop_limit_ms': cell.geometry.stop_ms,
    }, name=f'{arm}_arm_controller')


def _manager(cell: Cell, managed: tuple[NodeSpec, ...]) -> NodeSpec:
    bringup = cell.bringup
    return _node(cell, 'rho_bringup', 'lifecycle_manager_node', {
        'nodes': bring_up_order(managed),
        'shutdown_nodes': shut_down_order(managed),
        'discovery_timeout_s': bringup.discovery_timeout_s,
        'transition_timeout_s': bringup.transition_timeout_s,
        'auto_arm': bringup.auto_arm,
        'arm_timeout_s': bringup.arm_timeout_s,
    }, lifecycle=False)
