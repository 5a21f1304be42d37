# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.resample import positions_at
from rho_core.chunks.resample import row_stamps_ns

# As a real stamp, too large for a float64 to tell nanoseconds apart.
START_NS = 1_790_000_000_123_456_789
CHUNK = ActionChunk(stamp_ns=START_NS, dt_s=0.1, joint_names=('a',),
                    positions=np.array([[0.0], [1.0], [3.0]]))


def test_rows_lie_one_step_apart() -> None:
    assert (row_stamps_ns(CHUNK) - START_NS).tolist() == [0, 100_000_000, 200_000_000]


def test_between_rows_it_interpolates_and_at_rows_it_is_exact() -> None:
    rows, covered = positions_at(CHUNK, START_NS + np.array([0, 50_000_000, 200_000_000]))
    assert rows.tolist() == [[0.0], [0.5], [3.0]]
    assert covered.all()


def test_outside_it_repeats_its_ends_and_says_so() -> None:
    rows, covered = positions_at(CHUNK, START_NS + np.array([-1, 200_000_001]))
    assert rows.tolist() == [[0.0], [3.0]]
    assert not covered.any()


def test_a_single_row_covers_its_own_time_only() -> None:
    one = ActionChunk(stamp_ns=START_NS, dt_s=0.1, joint_names=('a',), positions=np.ones((1, 1)))
    rows, covered = positions_at(one, START_NS + np.array([-1, 0, 1]))
    assert rows.tolist() == [[1.0], [1.0], [1.0]]
    assert covered.tolist() == [False, True, False]


@given(st.floats(0.001, 10.0), st.integers(1, 100), st.integers(0, 2**62))
def test_a_chunk_covers_its_own_rows_exactly(dt_s: float, rows: int, stamp_ns: int) -> None:
    positions = np.arange(float(rows))[:, None]
    chunk = ActionChunk(stamp_ns=stamp_ns, dt_s=dt_s, joint_names=('a',), positions=positions)
    read, covered = positions_at(chunk, row_stamps_ns(chunk))
    assert covered.all()
    assert read == pytest.approx(positions)
    assert row_stamps_ns(chunk)[-1] == chunk.end_ns
