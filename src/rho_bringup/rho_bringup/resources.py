# SPDX-License-Identifier: Apache-2.0
"""Finds this package's shared files: cell files, bundles and launch files.

They lie beside the Python package in the source tree (a symlink install leads there too) and in
`share/rho_bringup` of a normal install.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from rho_core.errors import ConfigError

PACKAGE = 'rho_bringup'


def prefixes(environment: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the install prefixes that the environment names, the first one wins."""
    environment = os.environ if environment is None else environment
    named = environment.get('AMENT_PREFIX_PATH', '')
    return tuple(Path(entry) for entry in named.split(os.pathsep) if entry)


def share_folders(environment: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the folders that may hold shared files, the first one wins."""
    source = Path(__file__).resolve().parents[1]
    in_source_tree = (source / 'package.xml').is_file()
    installed = tuple(prefix / 'share' / PACKAGE for prefix in prefixes(environment))
    return (source, *installed) if in_source_tree else installed


def shared(relative: str, environment: Mapping[str, str] | None = None) -> Path:
    """Return the path of a shared file or folder such as `config/cell.yaml`.

    Raises:
        ConfigError: Nothing of that name is installed.
    """
    folders = share_folders(environment)
    for folder in folders:
        path = folder / relative
        if path.exists():
            return path
    searched = ', '.join(map(str, folders)) or 'nowhere: AMENT_PREFIX_PATH is empty'
    raise ConfigError(f'{PACKAGE} has no {relative!r} (searched: {searched}); build the workspace')


def resolve_bundle(name_or_path: str, environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of a bundle given as a path or as the name of one that we ship.

    Raises:
        ConfigError: There is no such bundle; the message lists those that are installed.
    """
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path.resolve()
    shipped = {
        entry.name: entry
        for folder in reversed(share_folders(environment))
        for entry in sorted((folder / 'bundles').glob('*'))
        if entry.is_dir()
    }
    if name_or_path in shipped:
        return shipped[name_or_path]
    known = ', '.join(sorted(shipped)) or 'none'
    raise ConfigError(
        f'{name_or_path!r} is neither a folder nor a bundle of {PACKAGE} '
        f'(installed bundles: {known})', 'policy.bundle'
    )
