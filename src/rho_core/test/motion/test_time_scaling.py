# SPDX-License-Identifier: Apache-2.0
"""The time of a path slows down and speeds up smoothly, and equally for equal times."""

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.motion.time_scaling import PEAK_CHANGE
from rho_core.motion.time_scaling import PEAK_RATE
from rho_core.motion.time_scaling import TimeScale

PERIOD_S = 0.002


def running() -> TimeScale:
    scale = TimeScale(period_s=PERIOD_S)
    while scale.value < 1.0:
        scale.step(1.0, fall_s=0.1, rise_s=0.3)
    return scale


def profile(scale: TimeScale, target: float, fall_s: float) -> list[float]:
    values = []
    while scale.value != target or scale.rate:
        values.append(scale.step(target, fall_s=fall_s, rise_s=0.3))
        assert len(values) < 5000
    return values


def test_it_starts_at_rest_and_ramps_up_in_the_time_it_is_given() -> None:
    scale = TimeScale(period_s=PERIOD_S)
    assert scale.is_at_rest
    steps = 0
    while scale.value < 1.0:
        scale.step(1.0, fall_s=0.1, rise_s=0.3)
        steps += 1
    assert steps * PERIOD_S == pytest.approx(0.3, abs=0.006)


@given(st.floats(0.04, 1.0))
@settings(max_examples=50)
def test_a_stop_takes_its_time_and_half_of_it_on_the_path(stop_s: float) -> None:
    scale = running()
    values = profile(scale, 0.0, stop_s)
    assert len(values) * PERIOD_S == pytest.approx(stop_s, abs=3 * PERIOD_S)
    assert sum(values) * PERIOD_S == pytest.approx(0.5 * stop_s, abs=3 * PERIOD_S)
    assert values == sorted(values, reverse=True)


@given(
    st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(1, 150)), min_size=1, max_size=10),
    st.floats(0.05, 1.0), st.floats(0.05, 1.0),
)
@settings(max_examples=100)
def test_its_derivatives_are_bounded_for_any_targets(
    targets: list[tuple[float, int]], fall_s: float, rise_s: float
) -> None:
    scale = TimeScale(period_s=PERIOD_S)
    shortest_s = min(fall_s, rise_s)
    for target, repeat in targets:
        for _ in range(repeat):
            value, rate = scale.value, scale.rate
            scale.step(target, fall_s=fall_s, rise_s=rise_s)
            assert 0.0 <= scale.value <= 1.0
            assert abs(scale.rate) <= PEAK_RATE / shortest_s * (1 + 1e-9)
            change = 1.001 * PEAK_CHANGE / shortest_s**2 * PERIOD_S
            assert abs(scale.rate - rate) <= change
            assert abs(scale.value - value - 0.5 * PERIOD_S * (rate + scale.rate)) <= (
                change * PERIOD_S)


def test_equal_scales_with_equal_times_stay_equal() -> None:
    left, right = running(), running()
    assert profile(left, 0.0, 0.25) == profile(right, 0.0, 0.25)


def test_a_stop_during_the_ramp_turns_round_without_a_jump() -> None:
    scale = TimeScale(period_s=PERIOD_S)
    for _ in range(75):
        scale.step(1.0, fall_s=0.1, rise_s=0.3)
    assert scale.rate == pytest.approx(PEAK_RATE / 0.3)
    peak = scale.value
    values = profile(scale, 0.0, 0.1)
    assert peak < max(values) < peak + 0.1
    assert values[-1] == 0.0


def test_a_longer_time_given_on_the_way_is_taken_up_smoothly() -> None:
    scale = running()
    for _ in range(20):
        scale.step(0.0, fall_s=0.1, rise_s=0.3)
    while not scale.is_at_rest:
        before = scale.rate
        scale.step(0.0, fall_s=0.5, rise_s=0.3)
        assert abs(scale.rate - before) <= PEAK_CHANGE / 0.1**2 * PERIOD_S * (1 + 1e-9)


def test_reset_rests_at_zero() -> None:
    scale = running()
    scale.reset(0.0)
    assert scale.is_at_rest
