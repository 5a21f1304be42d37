# SPDX-License-Identifier: Apache-2.0
"""Reads a cell file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rho_bringup.cell import Cell
from rho_bringup.cell import Mode
from rho_bringup.resources import shared
from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml
from rho_core.contract.strict import suggestion
from rho_core.errors import ConfigError
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.stream_kind import StreamKind
from rho_description import CellDescription
from rho_description import cell as describe_cell

DEFAULT_FILES: dict[Mode, str] = {'sim': 'config/cell.yaml', 'real': 'config/cell_real.yaml'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Choices of a deployment that beat the cell file; None leaves the file's value.

    Attributes:
        namespace: Namespace of the cell.
        seed: Scene of the simulator at start.
        bundle: Name or path of the policy bundle.
    """

    namespace: str | None = None
    seed: int | None = None
    bundle: str | None = None


def load_cell(
    path: Path | None = None, *, mode: Mode | None = None, overrides: Overrides | None = None
) -> Cell:
    """Read and check a cell file.

    Args:
        path: The file, None: the shipped one of the mode.
        mode: Mode that the file must have, None: whatever it says (without a file: sim).
        overrides: Choices that beat the file.

    Raises:
        ConfigError: The file does not describe a cell that the description knows.
    """
    path = shared(DEFAULT_FILES[mode or 'sim']) if path is None else path
    try:
        tree = load_yaml(path)
        if isinstance(tree, dict):
            tree = _overridden(tree, overrides or Overrides())
        cell = build(Cell, tree)
        if mode is not None and cell.mode != mode:
            raise ConfigError(f"this file is for mode '{cell.mode}', wanted '{mode}'", 'mode')
        check_names(cell, describe_cell())
        check_streams(cell)
    except ConfigError as error:
        raise _in_file(path, error) from error
    return cell


def check_names(cell: Cell, description: CellDescription) -> None:
    """Check that arms, cameras and fingertips are those of the description.

    Raises:
        ConfigError: A name is not known there.
    """
    for path, names, known in (
        ('arms', cell.arms, tuple(description.arms)),
        ('cameras', cell.cameras, tuple(description.cameras)),
        ('tactile', tuple(cell.tactile), description.fingertips),
        ('controllers.backends', tuple(cell.controllers.backends), tuple(description.arms)),
        ('controllers.park', tuple(cell.controllers.park), tuple(description.arms)),
    ):
        for name in names:
            if name not in known:
                raise ConfigError(
                    f"'{name}' is not in cell description '{description.name}', it has: "
                    f'{", ".join(known)}{suggestion(name, known)}', path)


def check_streams(cell: Cell) -> None:
    """Check that nothing which the cell relies on is forgotten in the watchdog's list.

    Raises:
        ConfigError: A stream is missing, is of the wrong kind, or names what is not there.
    """
    needed = {
        'joint_states': StreamKind.JOINT_STATES,
        'geometry': StreamKind.GEOMETRY,
        **{f'camera.{name}': StreamKind.IMAGE for name in cell.cameras},
        **{f'tactile.{name}': StreamKind.TACTILE for name in cell.tactile},
        **{f'command.{arm}': StreamKind.TRAJECTORY for arm in cell.arms},
        **{f'controller.{arm}': StreamKind.CONTROLLER for arm in cell.arms},
    }
    streams = cell.watchdog.streams
    for name, kind in needed.items():
        if name not in streams:
            raise ConfigError(f"missing, the cell relies on it: list it with kind '{kind.value}'"
                              f'{suggestion(name, streams)}', f'watchdog.streams.{name}')
        if streams[name].kind is not kind:
            raise ConfigError(f"expected '{kind.value}', got '{streams[name].kind.value}'",
                              f'watchdog.streams.{name}.kind')
    rules, skews = cell.watchdog.watch_list().rules()
    try:
        WatchdogRules(arms=cell.arms, streams=rules, skews=skews)
    except ConfigError as error:
        raise ConfigError(str(error), 'watchdog') from error


def _overridden(tree: dict[str, Any], overrides: Overrides) -> dict[str, Any]:
    tree = dict(tree)
    if overrides.namespace is not None:
        tree['namespace'] = overrides.namespace
    for section, key, value in (('policy', 'bundle', overrides.bundle),
                                ('sim', 'seed', overrides.seed)):
        if value is None:
            continue
        if not isinstance(tree.get(section), dict):
            raise ConfigError(f'cannot be set to {value!r}: the file has no section {section!r}',
                              f'{section}.{key}')
        tree[section] = {**tree[section], key: value}
    return tree


def _in_file(path: Path, error: ConfigError) -> ConfigError:
    lines = '\n'.join(f'  {one}' for one in error.all)
    return ConfigError(f'{path} is not a valid cell file:\n{lines}')
