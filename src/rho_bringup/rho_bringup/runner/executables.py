# SPDX-License-Identifier: Apache-2.0
"""Turns a node spec into a command line."""

from collections.abc import Iterable
from pathlib import Path

from rho_bringup.node_spec import NodeSpec
from rho_core.errors import ConfigError


def find_executable(spec: NodeSpec, prefixes: Iterable[Path]) -> Path:
    """Return the installed program of a spec: `<prefix>/lib/<package>/<executable>`.

    Raises:
        ConfigError: No prefix holds it; the message lists the programs the package does have.
    """
    searched = [prefix / 'lib' / spec.package for prefix in prefixes]
    for folder in searched:
        path = folder / spec.executable
        if path.is_file():
            return path
    present = sorted(path.name for folder in searched for path in folder.glob('*')
                     if path.is_file())
    where = ', '.join(str(folder) for folder in searched) or 'nowhere: AMENT_PREFIX_PATH is empty'
    raise ConfigError(
        f'{spec.name}: no program {spec.package}/{spec.executable} '
        f'(searched: {where}; there: {", ".join(present) or "none"}); '
        'build the workspace and source it'
    )


def command_line(spec: NodeSpec, executable: Path, params_file: Path | None) -> list[str]:
    """Return the words that start a node with its name, namespace, parameters and remappings."""
    words = [str(executable), '--ros-args', '-r', f'__node:={spec.name}']
    if spec.namespace:
        words += ['-r', f'__ns:=/{spec.namespace.strip("/")}']
    for inside, outside in spec.remappings:
        words += ['-r', f'{inside}:={outside}']
    if params_file is not None:
        words += ['--params-file', str(params_file)]
    return words
