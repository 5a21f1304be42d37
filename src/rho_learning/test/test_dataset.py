# SPDX-License-Identifier: Apache-2.0
"""Batches imitate the live timing and never show rows the expert did not mean."""

from pathlib import Path

import numpy as np
import pytest
import torch

from rho_learning.data.dataset import Batch
from rho_learning.data.dataset import Dataset
from rho_learning.data.demonstration import Demonstration
from rho_learning.data.shards import write_shard
from rho_learning.testing import made_up


def draw(tmp_path: Path, demonstrations: list[Demonstration], size: int = 200) -> Batch:
    """Return a batch from shards of the demonstrations."""
    write_shard(tmp_path / 'a.npz', demonstrations)
    dataset = Dataset([tmp_path / 'a.npz'], max_context_age_s=0.26)
    return dataset.batch(np.random.default_rng(0), size, later=3)


def test_row_i_is_the_command_one_row_after_the_previous(tmp_path: Path) -> None:
    batch = draw(tmp_path, [made_up(40)])
    now = batch.later_joints[..., 0]
    expected = (now[..., None] + 5.0 * torch.arange(1, 11)).clip(max=200.0)
    assert (batch.chunk[..., 0] == expected).all()
    assert batch.valid.all()


def test_action_moments_follow_the_images_by_at_most_the_context_age(tmp_path: Path) -> None:
    batch = draw(tmp_path, [made_up(40)])
    ticks = batch.later_joints[..., 0] - batch.joints[:, None, 0]
    assert ticks.min() >= 0
    assert ticks.max() == 13


def test_chunk_stands_still_after_the_end_of_its_own_demonstration(tmp_path: Path) -> None:
    batch = draw(tmp_path, [made_up(4), made_up(4, offset=1000.0)])
    first = batch.later_joints[..., 0] < 500.0
    assert batch.chunk[first].max() == 20.0
    assert batch.chunk[~first].max() == 1020.0


def test_rows_after_the_start_of_a_burst_are_masked(tmp_path: Path) -> None:
    batch = draw(tmp_path, [made_up(30, noisy=(20, 21))])
    before = batch.later_joints[..., 0] < 100.0
    rows = batch.chunk[..., 0][before]
    assert (batch.valid[before] == (rows <= 100.0)).all()


def test_inside_a_burst_only_the_clean_row_counts(tmp_path: Path) -> None:
    batch = draw(tmp_path, [made_up(30, noisy=(20, 21))])
    now = batch.later_joints[..., 0]
    inside = (now >= 100.0) & (now < 110.0)
    assert inside.any()
    assert set(now[inside].tolist()) == {100.0, 105.0}
    assert (batch.chunk[inside][:, 0] == -1.0).all()
    assert (batch.valid[inside].sum(-1) == 1).all()


def test_dataset_refuses_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='at least one demonstration'):
        Dataset([], max_context_age_s=0.2)
