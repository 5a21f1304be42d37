# SPDX-License-Identifier: Apache-2.0
"""Tests of the report's statistics."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.statistics import percentiles
from rho_core.statistics import wilson_interval


def test_wilson_matches_published_values() -> None:
    """Newcombe (1998), table I: 81 of 263 and 0 of 20."""
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(1, 500), st.data())
def test_wilson_contains_the_rate_and_stays_in_the_unit_interval(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson_interval(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0


def test_wilson_knows_nothing_without_trials() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(('successes', 'trials'), [(3, 2), (-1, 2)])
def test_wilson_refuses_impossible_counts(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match='expected 0 <= k <= n'):
        wilson_interval(successes, trials)


def test_percentiles_skip_what_is_not_a_number() -> None:
    assert percentiles([1.0, math.nan, 3.0]) == {'p50': 2.0, 'p99': pytest.approx(2.98)}


def test_percentiles_of_nothing_are_none() -> None:
    assert percentiles([math.nan]) == {'p50': None, 'p99': None}
