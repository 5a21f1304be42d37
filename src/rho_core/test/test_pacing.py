# SPDX-License-Identifier: Apache-2.0
"""Deadlines stay on their grid whatever the ticks take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.pacing import Pacer
from rho_core.pacing import next_deadline_ns

PERIODS_NS = st.integers(min_value=1, max_value=10**10)
STARTS_NS = st.integers(min_value=0, max_value=10**18)
DURATIONS_NS = st.lists(st.integers(min_value=0, max_value=10**11), min_size=1, max_size=30)


@given(PERIODS_NS, STARTS_NS, DURATIONS_NS)
def test_deadlines_keep_their_phase(period_ns: int, start_ns: int, durations: list[int]) -> None:
    pacer = Pacer(period_ns=period_ns, start_ns=start_ns)
    now_ns = start_ns
    for duration_ns in durations:
        now_ns = max(now_ns, pacer.deadline_ns) + duration_ns
        pacer.advance(now_ns)
        assert (pacer.deadline_ns - start_ns) % period_ns == 0


@given(PERIODS_NS, STARTS_NS, DURATIONS_NS)
def test_next_deadline_is_the_first_one_not_in_the_past(
    period_ns: int, start_ns: int, durations: list[int]
) -> None:
    pacer = Pacer(period_ns=period_ns, start_ns=start_ns)
    for duration_ns in durations:
        before_ns = pacer.deadline_ns
        now_ns = before_ns + duration_ns
        missed = pacer.advance(now_ns)
        assert pacer.deadline_ns == before_ns + (1 + missed) * period_ns
        assert pacer.deadline_ns >= min(now_ns, before_ns + period_ns)
        if missed:
            assert pacer.deadline_ns >= now_ns
            assert pacer.deadline_ns - period_ns < now_ns


@given(PERIODS_NS, STARTS_NS, DURATIONS_NS)
def test_ticks_and_missed_cycles_add_up_to_the_grid(
    period_ns: int, start_ns: int, durations: list[int]
) -> None:
    pacer = Pacer(period_ns=period_ns, start_ns=start_ns)
    for duration_ns in durations:
        pacer.advance(pacer.deadline_ns + duration_ns)
    steps = (pacer.deadline_ns - start_ns) // period_ns
    assert steps == len(durations) + pacer.missed_total


def test_a_tick_that_ends_exactly_at_the_next_deadline_misses_nothing() -> None:
    pacer = Pacer(period_ns=2_000_000, start_ns=0)
    assert pacer.advance(2_000_000) == 0
    assert pacer.deadline_ns == 2_000_000


def test_a_tick_one_nanosecond_too_long_misses_one_cycle() -> None:
    pacer = Pacer(period_ns=2_000_000, start_ns=0)
    assert pacer.advance(2_000_001) == 1
    assert pacer.deadline_ns == 4_000_000


def test_wake_reports_lateness_and_the_cycles_skipped_before_it() -> None:
    pacer = Pacer(period_ns=10, start_ns=100)
    pacer.advance(135)
    time = pacer.wake(143)
    assert (time.cycle, time.deadline_ns, time.missed) == (1, 140, 3)
    assert time.lateness_ns == 3
    assert time.elapsed_ns == 40


@pytest.mark.parametrize('period_ns', [0, -1, 1.5])
def test_a_period_that_is_no_positive_integer_is_refused(period_ns: int) -> None:
    with pytest.raises(ConfigError, match='positive whole number'):
        Pacer(period_ns=period_ns, start_ns=0)


@given(
    now_ns=st.integers(0, 10**18),
    period_ns=st.integers(1, 10**10),
    phase_ns=st.integers(0, 10**9),
)
def test_the_next_deadline_is_the_first_grid_point_after_now(
    now_ns: int, period_ns: int, phase_ns: int
) -> None:
    deadline_ns = next_deadline_ns(now_ns, period_ns, phase_ns)
    assert (deadline_ns - phase_ns) % period_ns == 0
    assert now_ns < deadline_ns <= now_ns + period_ns
