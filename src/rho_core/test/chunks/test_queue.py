# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.merging.replace import Replace
from rho_core.chunks.queue import ChunkQueue
from rho_core.errors import Refused

MS = 1_000_000


def ramp(stamp_ms: int, first: float = 0.0, rows: int = 5) -> ActionChunk:
    return ActionChunk(stamp_ns=stamp_ms * MS, dt_s=0.1, joint_names=('a',),
                       positions=first + 0.1 * np.arange(rows)[:, None])


def make() -> ChunkQueue:
    return ChunkQueue(Replace(), velocity=np.array([1.0]))


def test_the_delay_counts_the_rows_that_were_due_in_the_meantime() -> None:
    queue = make()
    delivery = queue.deliver(queue.begin(0), ramp(100), now_ns=250 * MS)
    assert delivery.delay == 2
    assert delivery.chunk.stamp_ns == 300 * MS
    assert delivery.chunk.positions[0] == pytest.approx(0.2)


def test_a_result_that_comes_before_its_first_row_loses_nothing() -> None:
    queue = make()
    assert queue.deliver(queue.begin(0), ramp(100), now_ns=99 * MS).delay == 0


def test_the_ticket_carries_what_was_in_execution() -> None:
    queue = make()
    assert queue.begin(0).previous is None
    chunk = queue.deliver(queue.begin(0), ramp(100), now_ns=0).chunk
    assert queue.begin(100 * MS).previous is chunk


def test_the_seam_is_that_of_the_switch() -> None:
    queue = make()
    assert queue.deliver(queue.begin(0), ramp(100), now_ns=0).seam == 0.0
    delivery = queue.deliver(queue.begin(100 * MS), ramp(200, 0.15), now_ns=150 * MS)
    assert delivery.seam == pytest.approx(0.5)


def test_a_result_from_before_a_reset_is_refused() -> None:
    queue = make()
    ticket = queue.begin(0)
    queue.reset()
    with pytest.raises(Refused, match='computed in epoch 0, now is 1'):
        queue.deliver(ticket, ramp(100), now_ns=0)
    assert queue.window(0) is None


def test_a_result_that_comes_too_late_leaves_the_chunk_in_execution() -> None:
    queue = make()
    queue.deliver(queue.begin(0), ramp(100, rows=20), now_ns=0)
    with pytest.raises(Refused, match='all 5 rows were due before it came, 600 ms after'):
        queue.deliver(queue.begin(0), ramp(100), now_ns=600 * MS)
    window = queue.window(600 * MS)
    assert window is not None
    assert len(window.positions) == 14


def test_the_window_runs_out() -> None:
    queue = make()
    queue.deliver(queue.begin(0), ramp(100), now_ns=0)
    assert queue.window(499 * MS) is not None
    assert queue.window(500 * MS) is None


@given(st.integers(0, 700), st.integers(0, 700))
def test_every_row_is_either_consumed_or_still_to_come(deliver_ms: int, now_ms: int) -> None:
    queue = make()
    try:
        delivery = queue.deliver(queue.begin(0), ramp(100), now_ns=deliver_ms * MS)
    except Refused:
        assert deliver_ms >= 500
        return
    assert delivery.delay + len(delivery.chunk.positions) == 5
    window = queue.window(max(now_ms, deliver_ms) * MS)
    if window is not None:
        assert window.stamp_ns > max(now_ms, deliver_ms) * MS
