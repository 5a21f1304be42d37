# SPDX-License-Identifier: Apache-2.0
"""The simulated cell with relays in its cables, as data."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from rho_bringup.cell import Cell
from rho_bringup.cell_topics import image_topic
from rho_bringup.cell_topics import trajectory_topic
from rho_bringup.node_spec import NodeSpec

CAMERA_RELAY = 'camera_relay'
COMMAND_RELAY = 'command_relay'
SERIAL_BRIDGE = 'serial_bridge'

_PREFIX = 'bench/source/'
_MODULES = 'rho_bringup.bench.watchdog'


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A process of the benchmark that stands between two nodes.

    Attributes:
        name: Of the process, and of its control topic when it is a relay.
        command: Words of its command line.
    """

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCell:
    """What to start: the nodes of a cell, rewired, and the helpers between them.

    Attributes:
        specs: Nodes.
        helpers: Processes of the benchmark.
        camera: The camera with a relay behind it.
        sensor: The fingertip sensor with a bridge in its cable.
    """

    specs: tuple[NodeSpec, ...]
    helpers: tuple[Helper, ...]
    camera: str
    sensor: str

    @property
    def sensor_driver(self) -> str:
        """Name of the node that reads the sensor with the bridge."""
        return f'{self.sensor}_driver'


def rewire(cell: Cell, specs: Iterable[NodeSpec], runtime_dir: Path) -> FaultCell:
    """Put relays behind a camera and the policy, a bridge into a serial cable.

    Args:
        cell: The cell, in mode sim.
        specs: Its nodes.
        runtime_dir: Folder of its pseudo-terminals.
    """
    camera, sensor = cell.cameras[0], next(iter(cell.tactile))
    image = image_topic(camera)
    trajectories = [trajectory_topic(arm) for arm in cell.arms]
    cable = runtime_dir / 'bench' / sensor
    remaps = {
        'sim': [(image, _PREFIX + image)],
        'policy': [(topic, _PREFIX + topic) for topic in trajectories],
    }
    rewired = []
    for spec in specs:
        extra = tuple(remaps.get(spec.name, ()))
        changed = replace(spec, remappings=(*spec.remappings, *extra))
        if spec.name == f'{sensor}_driver':
            changed = replace(changed, parameters={**spec.parameters, 'device': str(cable)})
        rewired.append(changed)
    helpers = (
        _relay(CAMERA_RELAY, cell.namespace, [('image', _PREFIX + image, image)]),
        _relay(COMMAND_RELAY, cell.namespace,
               [('trajectory', _PREFIX + topic, topic) for topic in trajectories]),
        Helper(name=SERIAL_BRIDGE, command=(
            sys.executable, '-m', f'{_MODULES}.serial_bridge', str(runtime_dir / sensor),
            str(cable))),
    )
    return FaultCell(specs=tuple(rewired), helpers=helpers, camera=camera, sensor=sensor)


def _relay(name: str, namespace: str, routes: Iterable[tuple[str, str, str]]) -> Helper:
    words = [':'.join(route) for route in routes]
    return Helper(name=name, command=(
        sys.executable, '-m', f'{_MODULES}.relay_node', name, namespace or '/', *words))
