# SPDX-License-Identifier: Apache-2.0
"""Percentiles follow the window and are right to a microsecond."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rho_ros.duration_window import DurationWindow
from rho_ros.duration_window import Percentiles

SIZE = 16


def test_an_empty_window_is_all_zero() -> None:
    assert DurationWindow(SIZE).percentiles() == Percentiles()


@given(st.lists(st.integers(min_value=0, max_value=8_000_000), min_size=1, max_size=60))
def test_percentiles_are_those_of_the_last_durations(values_ns: list[int]) -> None:
    window = DurationWindow(SIZE)
    for value in values_ns:
        window.add(value)
    last_us = np.array(values_ns[-SIZE:]) / 1e3
    found = window.percentiles()
    assert len(window) == len(last_us)
    assert found.max == last_us.max()
    for got, share in ((found.p50, 50), (found.p99, 99), (found.p99_9, 99.9)):
        exact = np.percentile(last_us, share, method='inverted_cdf')
        assert exact - 1e-9 <= got <= exact + 1.0


def test_a_duration_beyond_the_histogram_is_seen_in_the_maximum_only_as_it_is() -> None:
    window = DurationWindow(1000)
    for _ in range(999):
        window.add(20_000)
    window.add(3_000_000_000)
    assert window.percentiles() == Percentiles(p50=21.0, p99=21.0, p99_9=21.0, max=3e6)


def test_a_clock_that_steps_back_counts_as_zero() -> None:
    window = DurationWindow(4)
    window.add(-5000)
    assert window.percentiles().p50 <= 0.0
    for _ in range(4):
        window.add(2_000)
    assert window.percentiles().max == 2.0
