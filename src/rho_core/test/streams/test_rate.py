# SPDX-License-Identifier: Apache-2.0
"""Samples are counted window by window against the promised rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import RateLimit
from rho_core.streams.observation import Observation
from rho_core.streams.rate import RateMonitor

MS = 1_000_000


def run(monitor: RateMonitor, period_ms: int, start_ms: int, end_ms: int, step: int = 0) -> bool:
    """Send at a period; return whether there ever was a fault."""
    is_faulty = False
    for time_ms in range(start_ms, end_ms, period_ms):
        seq = time_ms // period_ms * step if step else None
        monitor.observe(Observation(stream='x', stamp_ns=0, received_ns=time_ms * MS, seq=seq))
        is_faulty = is_faulty or bool(monitor.check(0, time_ms * MS))
    return is_faulty


def test_the_promised_rate_is_fine() -> None:
    assert not run(RateMonitor(RateLimit(min_hz=25.0)), 33, 0, 10_000)


def test_half_the_rate_is_a_fault_with_figures() -> None:
    monitor = RateMonitor(RateLimit(min_hz=25.0))
    assert run(monitor, 66, 0, 3_000)
    (fault,) = monitor.check(0, 3_000 * MS)
    assert fault.kind is FaultKind.RATE
    assert fault.detail == 'came at 14.9 Hz, expected at least 25 Hz'


def test_numbers_tell_of_samples_that_nobody_looked_at() -> None:
    assert not run(RateMonitor(RateLimit(min_hz=200.0)), 8, 0, 5_000, step=3)
    assert run(RateMonitor(RateLimit(min_hz=200.0)), 8, 0, 5_000)


def test_it_recovers_after_a_whole_good_window() -> None:
    monitor = RateMonitor(RateLimit(min_hz=25.0))
    run(monitor, 100, 0, 3_000)
    assert run(monitor, 20, 3_000, 6_000)
    assert not run(monitor, 20, 6_000, 8_000)


def test_nothing_is_demanded_before_the_first_sample() -> None:
    assert not RateMonitor(RateLimit(min_hz=25.0)).check(0, 10**12)


def test_forgetting_begins_anew() -> None:
    monitor = RateMonitor(RateLimit(min_hz=25.0))
    run(monitor, 100, 0, 3_000)
    monitor.forget()
    assert not monitor.check(0, 10**12)


def test_a_window_of_less_than_two_periods_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'got 1 s at 1\.5 Hz; allowed from 1\.33333 s on'):
        RateLimit(min_hz=1.5)


@given(st.integers(5, 100))
def test_a_rate_is_judged_by_its_distance_from_the_limit(period_ms: int) -> None:
    is_faulty = run(RateMonitor(RateLimit(min_hz=25.0)), period_ms, 0, 5_000)
    # One sample more or less fits into a window.
    if period_ms <= 37:
        assert not is_faulty
    if period_ms >= 44:
        assert is_faulty
