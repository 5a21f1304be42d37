# SPDX-License-Identifier: Apache-2.0
"""Tests of the node specs of the shipped cells."""

from collections.abc import Callable
from dataclasses import MISSING
from dataclasses import fields
from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import get_type_hints

import pytest

from rho_bringup.cell import Cell
from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell
from rho_bringup.node_spec import NodeSpec
from rho_bringup.specs import node_specs
from rho_core.errors import ConfigError
from rho_description import cell as describe_cell


def parameters_of(executable: str) -> type[Any]:
    """Return the dataclass of the parameters that a node declares."""
    pytest.importorskip('rclpy')
    pytest.importorskip('rho_interfaces')
    from arm_controller.arm_controller_node import ArmControllerNode
    from arm_controller.geometry_guard_node import GeometryGuardNode
    from arm_controller.watchdog_node import WatchdogNode
    from rho_bringup import lifecycle_manager_node
    from rho_policy_node.policy_node import PolicyNode
    from rho_sim.sim_node import SimNode
    from tactile_driver.tactile_driver_node import TactileDriverNode

    return {
        'arm_controller_node': ArmControllerNode.Parameters,
        'geometry_guard_node': GeometryGuardNode.Parameters,
        'watchdog_node': WatchdogNode.Parameters,
        'policy_node': PolicyNode.Parameters,
        'sim_node': SimNode.Parameters,
        'tactile_driver_node': TactileDriverNode.Parameters,
        'lifecycle_manager_node': lifecycle_manager_node.Parameters,
    }[executable]


@pytest.fixture
def make_specs(tmp_path: Path) -> Callable[[Cell], dict[str, NodeSpec]]:
    def make(cell: Cell) -> dict[str, NodeSpec]:
        return {spec.name: spec for spec in node_specs(cell, runtime_dir=tmp_path)}

    return make


def sim_cell(tmp_path: Path, **overrides: Any) -> Cell:
    return load_cell(overrides=Overrides(bundle=str(tmp_path), **overrides))


def real_cell(tmp_path: Path) -> Cell:
    return load_cell(mode='real', overrides=Overrides(bundle=str(tmp_path)))


MakeSpecs = Callable[[Cell], dict[str, NodeSpec]]


def test_simulated_cell_has_these_nodes(make_specs: MakeSpecs, tmp_path: Path) -> None:
    specs = make_specs(sim_cell(tmp_path))
    assert list(specs) == [
        'watchdog', 'geometry_guard', 'sim', 'left_fingertip_a_driver', 'left_fingertip_b_driver',
        'right_fingertip_a_driver', 'right_fingertip_b_driver', 'policy',
        'left_arm_controller', 'right_arm_controller', 'lifecycle_manager']
    assert [name for name, spec in specs.items() if not spec.lifecycle] == ['lifecycle_manager']


def test_real_cell_has_no_simulator(make_specs: MakeSpecs, tmp_path: Path) -> None:
    specs = make_specs(real_cell(tmp_path))
    assert 'sim' not in specs
    assert specs['lifecycle_manager'].parameters['auto_arm'] is False
    device = specs['left_fingertip_a_driver'].parameters['device']
    assert str(device).startswith('/dev/serial/by-id/')


def test_manager_gets_order_with_the_arms_stopped_first(
    make_specs: MakeSpecs, tmp_path: Path
) -> None:
    manager = make_specs(sim_cell(tmp_path))['lifecycle_manager'].parameters
    up, down = manager['nodes'], manager['shutdown_nodes']
    assert isinstance(up, tuple)
    assert isinstance(down, tuple)
    assert up[0] == 'watchdog'
    assert up[-2:] == ('left_arm_controller', 'right_arm_controller')
    assert down[:3] == ('left_arm_controller', 'right_arm_controller', 'policy')
    assert down[-1] == 'watchdog'


def test_limits_come_from_the_description(make_specs: MakeSpecs, tmp_path: Path) -> None:
    parameters = make_specs(sim_cell(tmp_path))['right_arm_controller'].parameters
    arm = describe_cell().arm('right')
    assert parameters['joint_names'] == arm.joint_names
    assert parameters['velocity_limits'] == tuple(arm.limits.velocity.tolist())
    assert parameters['lower_limits'] == tuple(arm.limits.lower.tolist())


def test_controllers_know_their_places_backend_and_geometry(
    make_specs: MakeSpecs, tmp_path: Path
) -> None:
    cell = sim_cell(tmp_path)
    parameters = make_specs(cell)['left_arm_controller'].parameters
    assert parameters['home_positions'] == tuple(describe_cell().arm('left').home.tolist())
    assert parameters['park_positions'] == cell.controllers.park['left']
    assert parameters['backend'] == 'forward_position'
    assert 'left_forearm' in str(parameters['geometry'])
    real = make_specs(real_cell(tmp_path))['left_arm_controller'].parameters
    assert 'park_positions' not in real


def test_drivers_read_what_the_simulator_links(make_specs: MakeSpecs, tmp_path: Path) -> None:
    specs = make_specs(sim_cell(tmp_path))
    folder = specs['sim'].parameters['tactile_dir']
    assert specs['left_fingertip_b_driver'].parameters['device'] == f'{folder}/left_fingertip_b'


def test_namespace_and_seed_reach_the_nodes(make_specs: MakeSpecs, tmp_path: Path) -> None:
    specs = make_specs(sim_cell(tmp_path, namespace='cell_a', seed=7))
    assert {spec.namespace for spec in specs.values()} == {'cell_a'}
    assert specs['sim'].parameters['seed'] == 7


def test_clock_of_the_simulator_is_followed(make_specs: MakeSpecs, tmp_path: Path) -> None:
    path = tmp_path / 'cell.yaml'
    from rho_bringup.resources import shared

    text = shared('config/cell.yaml').read_text()
    path.write_text(text.replace('publish_clock: false', 'publish_clock: true'))
    specs = make_specs(load_cell(path, overrides=Overrides(bundle=str(tmp_path))))
    follow = {name for name, spec in specs.items() if spec.parameters.get('use_sim_time')}
    assert follow == set(specs) - {'sim'}


def test_missing_bundle_is_refused(tmp_path: Path) -> None:
    cell = load_cell(overrides=Overrides(bundle='no-such-bundle'))
    with pytest.raises(ConfigError, match='no-such-bundle'):
        node_specs(cell, runtime_dir=tmp_path)


@pytest.mark.parametrize('make_cell', [sim_cell, real_cell])
def test_every_parameter_is_declared_with_its_type(
    make_cell: Callable[[Path], Cell], make_specs: MakeSpecs, tmp_path: Path
) -> None:
    for spec in make_specs(make_cell(tmp_path)).values():
        declared = parameters_of(spec.executable)
        hints = get_type_hints(declared)
        for key, value in spec.parameters.items():
            assert key in hints, f'{spec.executable} declares no {key}'
            got = tuple[type(value[0]), ...] if isinstance(value, tuple) else type(value)
            assert got == hints[key], f'{spec.executable}.{key}'
        required = {item.name for item in fields(declared)
                    if item.default is MISSING and item.default_factory is MISSING}
        assert required <= set(spec.parameters), spec.executable


def test_nodes_share_memory_only_for_large_images(make_specs: MakeSpecs, tmp_path: Path) -> None:
    cell = sim_cell(tmp_path)
    assert not any(spec.shares_memory for spec in make_specs(cell).values() if spec.lifecycle)
    description = describe_cell()
    large = replace(description, cameras={
        name: replace(camera, width=640, height=480)
        for name, camera in description.cameras.items()})
    specs = node_specs(cell, runtime_dir=tmp_path, description=large)
    assert {spec.name for spec in specs if spec.lifecycle and spec.shares_memory} == {
        'watchdog', 'sim', 'policy'}
