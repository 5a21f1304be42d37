# SPDX-License-Identifier: Apache-2.0
"""Finds the files of a bundle and reads them only as the manifest knows them."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from rho_core.contract.bundle import BundleFile
from rho_core.errors import ConfigError


def read_verified(folder: Path, entry: BundleFile) -> bytes:
    """Reads a file and checks its hash, in this order, so that what was checked is what is used.

    Args:
        folder: The bundle.
        entry: The file.

    Raises:
        ConfigError: If the file or its package is missing, or the content is another one.
    """
    path = locate(folder, entry)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f'cannot read {path}: {error.strerror}', 'path') from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry.sha256:
        raise ConfigError(f'expected {entry.sha256}, but {path.name} has {digest}', 'sha256')
    return content


def locate(folder: Path, entry: BundleFile) -> Path:
    """Returns where a file lies.

    Raises:
        ConfigError: If the file or its package is missing.
    """
    root = folder if entry.package is None else _package_folder(entry.package)
    path = root / entry.path
    if not path.is_file():
        raise ConfigError(f"no file '{entry.path}' in {root}", 'path')
    if entry.package is None and not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"'{entry.path}' is a link that leaves the bundle", 'path')
    return path


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    locations = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not locations:
        raise ConfigError(f"Python package '{name}' is not installed: pip install it", 'package')
    return Path(locations[0])
