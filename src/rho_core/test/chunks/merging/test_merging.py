# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.merging.blend import Blend
from rho_core.chunks.merging.ensemble import Ensemble
from rho_core.chunks.merging.protocol import ChunkMerger
from rho_core.chunks.merging.replace import Replace
from rho_core.errors import ConfigError

STEP_NS = 100_000_000
NAMES = ('arm', 'gripper')


def level(value: float, step: float = 0.0, rows: int = 5) -> ActionChunk:
    """Both joints rest at a value."""
    return ActionChunk(stamp_ns=round(step * STEP_NS), dt_s=0.1, joint_names=NAMES,
                       positions=np.full((rows, 2), value))


def mergers() -> list[ChunkMerger]:
    return [Replace(), Blend(rows=3, never=('gripper',)),
            Ensemble(decay=0.5, never=('gripper',))]


@pytest.mark.parametrize('merger', mergers(), ids=lambda one: type(one).__name__)
def test_the_first_chunk_stays_as_it_is_also_after_a_reset(merger: ChunkMerger) -> None:
    assert merger.merge(level(1.0)).positions.tolist() == level(1.0).positions.tolist()
    merger.reset()
    assert merger.merge(level(2.0, 1.0)).positions.tolist() == level(2.0).positions.tolist()


@pytest.mark.parametrize('merger', mergers(), ids=lambda one: type(one).__name__)
def test_chunks_that_agree_give_that_chunk(merger: ChunkMerger) -> None:
    merger.merge(level(1.0))
    merged = merger.merge(level(1.0, 1.4))
    assert merged.stamp_ns == level(1.0, 1.4).stamp_ns
    assert merged.positions == pytest.approx(level(1.0).positions)


@pytest.mark.parametrize('merger', mergers(), ids=lambda one: type(one).__name__)
def test_the_gripper_follows_the_newest_chunk_at_once(merger: ChunkMerger) -> None:
    merger.merge(level(0.0))
    assert merger.merge(level(1.0, 1.0)).positions[:, 1].tolist() == [1.0] * 5


def test_a_blend_fades_row_by_row() -> None:
    merger = Blend(rows=3, never=('gripper',))
    merger.merge(level(0.0))
    arm = merger.merge(level(1.0, 1.0)).positions[:, 0]
    assert arm == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.0])


def test_a_blend_continues_what_is_executed_not_what_was_predicted() -> None:
    merger = Blend(rows=3, never=('gripper',))
    merger.merge(level(0.0))
    merger.merge(level(1.0, 1.0))
    arm = merger.merge(level(1.0, 1.0)).positions[:, 0]
    assert arm[0] == pytest.approx(0.75 * 0.25 + 0.25)


def test_a_blend_does_not_extend_the_old_chunk_past_its_end() -> None:
    merger = Blend(rows=9)
    merger.merge(level(0.0, rows=2))
    arm = merger.merge(level(1.0, 1.0)).positions[:, 0]
    assert arm == pytest.approx([0.1, 1.0, 1.0, 1.0, 1.0])


def test_an_ensemble_weighs_the_oldest_prediction_most() -> None:
    merger = Ensemble(decay=np.log(2.0), never=('gripper',))
    merger.merge(level(0.0))
    merger.merge(level(1.0, 1.0))
    arm = merger.merge(level(2.0, 2.0)).positions[:, 0]
    # Weights 4 : 2 : 1 while all three cover the time, then 2 : 1, then the newest alone.
    assert arm == pytest.approx([4 / 7, 4 / 7, 4 / 7, 4 / 3, 2.0])


def test_an_ensemble_without_decay_is_the_mean() -> None:
    merger = Ensemble(decay=0.0)
    merger.merge(level(0.0))
    assert merger.merge(level(1.0, 0.5, rows=2)).positions == pytest.approx(0.5)


def test_an_ensemble_forgets_chunks_of_the_past() -> None:
    merger = Ensemble(most=2)
    for step in range(3):
        merged = merger.merge(level(float(step), step))
    assert merged.positions[0] == pytest.approx([1.5, 1.5], abs=0.01)
    assert merger.merge(level(9.0, 100.0)).positions == pytest.approx(9.0)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match='rows: expected at least 1'):
        Blend(rows=0)
    with pytest.raises(ConfigError, match='decay: expected a finite number >= 0'):
        Ensemble(decay=-1.0)
    with pytest.raises(ConfigError, match='most: expected at least 2'):
        Ensemble(most=1)
