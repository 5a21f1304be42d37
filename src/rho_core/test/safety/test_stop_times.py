# SPDX-License-Identifier: Apache-2.0
"""Arms that stop together take the time of the slowest, and keep it while they stop."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.safety.permit import Permit
from rho_core.safety.stop_times import StopTimes

ARMS = ('left', 'right')
RUN = (Permit.RUN, Permit.RUN)
HOLD = (Permit.HOLD, Permit.HOLD)


def make(is_coupled: bool = True) -> StopTimes:
    return StopTimes(ARMS, is_coupled=is_coupled, max_s=2.0)


def test_the_longest_counts_for_coupled_arms() -> None:
    times = make()
    times.observe('left', 0.4)
    times.observe('right', 0.2)
    times.update(RUN)
    assert times.values_s == (0.4, 0.4)


def test_uncoupled_arms_have_their_own() -> None:
    times = make(is_coupled=False)
    times.observe('left', 0.4)
    times.update(RUN)
    assert times.values_s == (0.4, 0.0)


@pytest.mark.parametrize('nonsense', [math.nan, math.inf, -0.1])
def test_what_is_no_time_changes_nothing(nonsense: float) -> None:
    times = make()
    times.observe('left', 0.4)
    times.observe('left', nonsense)
    times.update(RUN)
    assert times.values_s == (0.4, 0.4)


def test_a_time_that_cannot_be_true_is_cut() -> None:
    times = make()
    times.observe('left', 1e9)
    times.update(RUN)
    assert times.values_s == (2.0, 2.0)


def test_it_does_not_change_under_arms_that_stop() -> None:
    times = make()
    times.observe('left', 0.4)
    times.update(RUN)
    times.observe('left', 0.1)
    times.update(HOLD)
    assert times.values_s == (0.4, 0.4)
    times.update(RUN)
    assert times.values_s == (0.1, 0.1)


@given(st.lists(st.tuples(st.sampled_from(ARMS), st.floats(), st.sampled_from(Permit)),
                max_size=40), st.booleans())
def test_it_is_always_a_time_and_one_for_coupled_arms(
    steps: list[tuple[str, float, Permit]], is_coupled: bool
) -> None:
    times = make(is_coupled)
    for arm, stop_time_s, permit in steps:
        times.observe(arm, stop_time_s)
        times.update((permit, permit))
        assert all(0.0 <= value <= 2.0 for value in times.values_s)
        assert not is_coupled or len(set(times.values_s)) == 1
