# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.streams.buffer import StreamBuffer
from rho_core.streams.sample import Sample

STAMPS = st.lists(st.integers(0, 1000), min_size=1, max_size=60)


def sample(stamp_ns: int) -> Sample[int]:
    return Sample(stamp_ns=stamp_ns, received_ns=0, value=stamp_ns)


def filled(stamps: list[int], capacity: int) -> tuple[StreamBuffer[int], list[int]]:
    buffer: StreamBuffer[int] = StreamBuffer(capacity)
    kept = [stamp for stamp in stamps if buffer.push(sample(stamp))]
    return buffer, kept[-capacity:]


def test_an_empty_buffer_has_nothing() -> None:
    buffer: StreamBuffer[int] = StreamBuffer(3)
    assert (buffer.newest, buffer.asof(5), buffer.nearest(5), len(buffer)) == (None, None, None, 0)


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match='capacity'):
        StreamBuffer(0)


@given(STAMPS, st.integers(1, 8))
def test_stamps_increase_and_the_newest_stay(stamps: list[int], capacity: int) -> None:
    buffer, kept = filled(stamps, capacity)
    assert kept == sorted(set(kept))
    assert len(buffer) == len(kept)
    newest = buffer.newest
    assert newest is not None
    assert newest.stamp_ns == max(stamps)


@given(STAMPS, st.integers(1, 8), st.integers(-10, 1010))
def test_asof_is_the_last_at_or_before(stamps: list[int], capacity: int, at: int) -> None:
    buffer, kept = filled(stamps, capacity)
    expected = max((stamp for stamp in kept if stamp <= at), default=None)
    found = buffer.asof(at)
    assert (None if found is None else found.stamp_ns) == expected


@given(STAMPS, st.integers(1, 8), st.integers(-10, 1010))
def test_nearest_has_the_smallest_distance(stamps: list[int], capacity: int, at: int) -> None:
    buffer, kept = filled(stamps, capacity)
    found = buffer.nearest(at)
    assert found is not None
    assert abs(found.stamp_ns - at) == min(abs(stamp - at) for stamp in kept)


def test_clear_forgets_so_that_earlier_stamps_count_again() -> None:
    buffer, _ = filled([5], 2)
    buffer.clear()
    assert buffer.push(sample(1))
