# SPDX-License-Identifier: Apache-2.0
"""Shards: a few demonstrations per ``.npz`` file, written whole or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rho_learning.data.demonstration import NAMES
from rho_learning.data.demonstration import Demonstration


def shard_path(folder: Path, index: int) -> Path:
    """Return where shard ``index`` lives."""
    return folder / f'shard_{index:05d}.npz'


def write_shard(path: Path, demonstrations: list[Demonstration]) -> None:
    """Write a shard under a temporary name and move it into place, so that resuming is safe."""
    arrays = {
        f'{index:03d}.{name}': getattr(demonstration, name)
        for index, demonstration in enumerate(demonstrations)
        for name in NAMES
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f'.{os.getpid()}.tmp')
    with temporary.open('wb') as file:
        np.savez(file, **arrays)
    temporary.replace(path)


def read_shard(path: Path) -> Iterator[Demonstration]:
    """Yield the demonstrations of a shard."""
    with np.load(path, allow_pickle=False) as arrays:
        for prefix in sorted({name.split('.')[0] for name in arrays.files}):
            yield Demonstration(**{name: arrays[f'{prefix}.{name}'] for name in NAMES})
