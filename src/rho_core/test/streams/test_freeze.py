# SPDX-License-Identifier: Apache-2.0
"""A stream that repeats itself is frozen; one that is silent is not."""

from hypothesis import given
from hypothesis import strategies as st

from rho_core.streams.fault import FaultKind
from rho_core.streams.freeze import FreezeMonitor
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.observation import Observation

MS = 1_000_000
LIMIT = FreezeLimit(limit_ns=100 * MS)


def show(monitor: FreezeMonitor, time_ms: int, content: int | None) -> list[FaultKind]:
    monitor.observe(Observation(stream='x', stamp_ns=time_ms * MS, received_ns=time_ms * MS,
                                content=content))
    return [fault.kind for fault in monitor.check(time_ms * MS, time_ms * MS)]


def test_equal_content_is_a_fault_when_the_limit_has_passed() -> None:
    monitor = FreezeMonitor(LIMIT)
    assert [show(monitor, t, 7) for t in (0, 50, 100)] == [[], [], []]
    assert show(monitor, 101, 7) == [FaultKind.FROZEN]
    (fault,) = monitor.check(0, 0)
    assert fault.detail == 'has carried the same for 101 ms, allowed 100 ms'


def test_a_change_ends_it() -> None:
    monitor = FreezeMonitor(LIMIT)
    show(monitor, 0, 7)
    assert show(monitor, 200, 7)
    assert not show(monitor, 233, 8)
    assert not show(monitor, 333, 8)
    assert show(monitor, 334, 8)


def test_it_stays_frozen_while_nothing_comes() -> None:
    monitor = FreezeMonitor(LIMIT)
    show(monitor, 0, 7)
    show(monitor, 200, 7)
    assert monitor.check(10**12, 10**12)


def test_silence_is_not_a_freeze() -> None:
    monitor = FreezeMonitor(LIMIT)
    show(monitor, 0, 7)
    assert not monitor.check(500 * MS, 500 * MS)


def test_without_a_hash_the_stream_is_faulty() -> None:
    monitor = FreezeMonitor(LIMIT)
    assert show(monitor, 0, None) == [FaultKind.FAULTY]
    assert not show(monitor, 33, 1)


def test_only_the_time_of_motion_counts_if_so_limited() -> None:
    moving = False
    monitor = FreezeMonitor(FreezeLimit(limit_ns=100 * MS, only_while_moving=True),
                            lambda: moving)
    assert not any(show(monitor, t, 7) for t in range(0, 1000, 50))
    moving = True
    assert not show(monitor, 1000, 7)
    assert not show(monitor, 1050, 7)
    assert show(monitor, 1100, 7)


def test_it_ends_with_the_motion_if_only_that_counts() -> None:
    moving = True
    monitor = FreezeMonitor(FreezeLimit(limit_ns=100 * MS, only_while_moving=True),
                            lambda: moving)
    show(monitor, 0, 7)
    assert show(monitor, 150, 7)
    moving = False
    assert not show(monitor, 200, 7)
    moving = True
    assert not show(monitor, 250, 7)
    assert not show(monitor, 300, 7)
    assert show(monitor, 301, 7)


def test_motion_in_short_pieces_adds_up() -> None:
    moving = True
    monitor = FreezeMonitor(FreezeLimit(limit_ns=100 * MS, only_while_moving=True),
                            lambda: moving)
    show(monitor, 0, 7)
    assert not show(monitor, 60, 7)
    moving = False
    assert not show(monitor, 120, 7)
    moving = True
    assert show(monitor, 180, 7)


def test_without_that_limit_motion_is_not_asked_for() -> None:
    monitor = FreezeMonitor(LIMIT, lambda: False)
    show(monitor, 0, 7)
    assert show(monitor, 101, 7)


def test_forgetting_begins_anew() -> None:
    monitor = FreezeMonitor(LIMIT)
    show(monitor, 0, 7)
    show(monitor, 200, 7)
    monitor.forget()
    assert not monitor.check(0, 0)
    assert not show(monitor, 300, 7)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 2)), min_size=1, max_size=40))
def test_it_agrees_with_a_look_at_the_whole_history(steps: list[tuple[int, int]]) -> None:
    monitor = FreezeMonitor(LIMIT)
    time_ms, since_ms, last = 0, 0, None
    for wait_ms, content in steps:
        time_ms += wait_ms
        if content != last:
            since_ms, last = time_ms, content
        assert bool(show(monitor, time_ms, content)) == (time_ms - since_ms > 100)
