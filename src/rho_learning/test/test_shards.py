# SPDX-License-Identifier: Apache-2.0
"""Shards and the demonstrations in them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rho_learning.data.demonstration import NAMES
from rho_learning.data.shards import read_shard
from rho_learning.data.shards import shard_path
from rho_learning.data.shards import write_shard
from rho_learning.testing import made_up


def test_shard_gives_back_what_was_written(tmp_path: Path) -> None:
    written = [made_up(3), made_up(5, offset=7.0)]
    write_shard(shard_path(tmp_path / 'new', 4), written)
    for before, after in zip(written, read_shard(shard_path(tmp_path / 'new', 4)), strict=True):
        for name in NAMES:
            assert np.array_equal(getattr(before, name), getattr(after, name))
            assert getattr(before, name).dtype == getattr(after, name).dtype


def test_shard_leaves_no_temporary_file(tmp_path: Path) -> None:
    write_shard(shard_path(tmp_path, 0), [made_up(2)])
    assert [path.name for path in tmp_path.iterdir()] == ['shard_00000.npz']


def test_demonstration_refuses_lengths_that_disagree() -> None:
    good = made_up(3)
    with pytest.raises(ValueError, match='command: expected 16 rows for 3 steps, got 15'):
        replace(good, command=good.command[:-1])
