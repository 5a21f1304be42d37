# SPDX-License-Identifier: Apache-2.0
"""Lost samples fill a bucket that drains; reordered and replayed ones are told by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import GapLimit
from rho_core.streams.observation import Observation
from rho_core.streams.sequence import SequenceMonitor

MS = 1_000_000
S = 1000 * MS


def show(
    monitor: SequenceMonitor, time_ms: int, seq: int | None, stamp_ms: int | None = None
) -> list[FaultKind]:
    stamp_ns = (time_ms if stamp_ms is None else stamp_ms) * MS
    monitor.observe(Observation(stream='x', stamp_ns=stamp_ns, received_ns=time_ms * MS, seq=seq))
    return kinds(monitor, time_ms)


def kinds(monitor: SequenceMonitor, time_ms: int) -> list[FaultKind]:
    return [fault.kind for fault in monitor.check(time_ms * MS, time_ms * MS)]


def test_consecutive_numbers_are_fine_wherever_they_begin() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=0))
    assert not any(show(monitor, 10 * i, 1000 + i) for i in range(100))


def test_more_lost_than_allowed_is_a_gap_until_the_window_has_passed() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=3, window_ns=S))
    show(monitor, 0, 0)
    assert not show(monitor, 10, 4)
    assert show(monitor, 20, 6) == [FaultKind.GAP]
    assert kinds(monitor, 200)
    assert not kinds(monitor, 1020)


def test_none_may_be_lost_where_none_is_allowed() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=0, window_ns=S))
    show(monitor, 0, 0)
    assert show(monitor, 10, 2) == [FaultKind.GAP]
    assert kinds(monitor, 900)
    assert not kinds(monitor, 1010)


def test_a_steady_small_loss_above_the_allowed_rate_trips_in_the_end() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=3, window_ns=S))
    assert any(show(monitor, 200 * i, 2 * i) for i in range(20))


def test_a_steady_small_loss_below_the_allowed_rate_never_trips() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=3, window_ns=S))
    assert not any(show(monitor, 400 * i, 2 * i) for i in range(100))


@pytest.mark.parametrize(('seq', 'stamp_ms'), [(9, 20), (10, 20), (11, 5)])
def test_what_is_not_later_than_the_one_before_is_out_of_order(seq: int, stamp_ms: int) -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=100))
    show(monitor, 10, 10)
    assert show(monitor, 20, seq, stamp_ms) == [FaultKind.ORDER]
    assert kinds(monitor, 1019)
    assert not kinds(monitor, 1020)


def test_a_sample_without_a_number_is_faulty() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=1))
    assert show(monitor, 0, None) == [FaultKind.FAULTY]
    assert not show(monitor, 10, 1)


def test_forgetting_begins_anew() -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=0))
    show(monitor, 0, 0)
    show(monitor, 10, 50)
    monitor.forget()
    assert not show(monitor, 20, 3)


@given(st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 300)), max_size=60),
       st.integers(0, 5))
def test_it_forgives_everything_within_one_window(
    steps: list[tuple[int, int]], max_lost: int
) -> None:
    monitor = SequenceMonitor(GapLimit(max_lost=max_lost, window_ns=S))
    time_ms, seq = 0, 100
    for step, wait_ms in steps:
        time_ms += wait_ms
        seq += step
        found = show(monitor, time_ms, seq)
        assert set(found) <= {FaultKind.GAP, FaultKind.ORDER}
    assert not kinds(monitor, time_ms + 1000)
