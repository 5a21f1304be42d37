# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from rho_bringup.bench.watchdog.fault_cell import SERIAL_BRIDGE
from rho_bringup.bench.watchdog.fault_cell import FaultCell
from rho_bringup.bench.watchdog.fault_cell import rewire
from rho_bringup.cell import Cell
from rho_bringup.cell_file import load_cell
from rho_bringup.specs import node_specs

RUNTIME = Path('/tmp/runtime')


def rewired(cell: Cell) -> FaultCell:
    return rewire(cell, node_specs(cell, runtime_dir=RUNTIME), RUNTIME)


def test_relays_stand_where_the_cables_were() -> None:
    fault_cell = rewired(load_cell())
    specs = {spec.name: spec for spec in fault_cell.specs}
    words = {helper.name: helper.command[3:] for helper in fault_cell.helpers}
    moved = [remap for name in ('sim', 'policy') for remap in specs[name].remappings]
    routes = {tuple(word.split(':')[1:]) for relay in ('camera_relay', 'command_relay')
              for word in words[relay][2:]}
    assert {(outside, inside) for inside, outside in moved} == routes
    assert ('bench/source/camera/front/image_raw', 'camera/front/image_raw') in routes


def test_bridge_ends_where_the_driver_looks() -> None:
    fault_cell = rewired(load_cell())
    driver = next(spec for spec in fault_cell.specs if spec.name == fault_cell.sensor_driver)
    bridge = next(one for one in fault_cell.helpers if one.name == SERIAL_BRIDGE)
    assert bridge.command[-2:] == (str(RUNTIME / fault_cell.sensor), driver.parameters['device'])


def test_everything_else_stays() -> None:
    cell = load_cell()
    before = {spec.name: spec for spec in node_specs(cell, runtime_dir=RUNTIME)}
    for spec in rewired(cell).specs:
        if spec.name not in ('sim', 'policy', 'left_fingertip_a_driver'):
            assert spec == before[spec.name]
        assert set(spec.parameters) == set(before[spec.name].parameters)
