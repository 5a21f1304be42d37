# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from arm_controller.backends.order_guard import OrderGuard

S = 1_000_000_000


def test_growing_stamps_are_taken() -> None:
    guard = OrderGuard()
    assert [guard.problem(stamp, stamp) for stamp in (5, 6, 100)] == ['', '', '']


def test_the_same_stamp_is_no_news_however_often_it_comes() -> None:
    guard = OrderGuard()
    guard.problem(5, 0)
    assert guard.problem(5, 1) == 'the same stamp again'
    assert guard.problem(5, 60 * S) == 'the same stamp again'


def test_a_stamp_that_goes_back_is_refused_with_its_distance() -> None:
    guard = OrderGuard()
    guard.problem(50_000_000, 0)
    assert guard.problem(40_000_000, 1) == 'stamp 10.000 ms before the last one'


def test_a_source_with_a_new_clock_is_taken_again_after_a_second() -> None:
    guard = OrderGuard()
    guard.problem(50 * S, 0)
    assert guard.problem(1 * S, S - 1)
    assert guard.problem(1 * S + 5, S) == ''
    assert guard.problem(1 * S + 6, S + 1) == ''


@given(st.lists(st.tuples(st.integers(0, 10 * S), st.integers(0, S // 10)), max_size=40))
def test_within_a_second_what_is_taken_never_goes_back(
    samples: list[tuple[int, int]]
) -> None:
    guard = OrderGuard()
    steady_ns = 0
    taken: list[tuple[int, int]] = []
    for stamp_ns, later_ns in samples:
        steady_ns += later_ns
        if not guard.problem(stamp_ns, steady_ns):
            if taken and stamp_ns <= taken[-1][0]:
                assert steady_ns - taken[-1][1] >= S
            taken.append((stamp_ns, steady_ns))
