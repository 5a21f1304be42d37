# SPDX-License-Identifier: Apache-2.0
"""A stop takes as long as the limits demand for what lies ahead on the path, and no longer."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.motion.path import QuinticPath
from rho_core.motion.stopping import StopRule
from rho_core.motion.stopping import StopTimes
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import trajectory
from rho_core.motion.time_scaling import TimeScale

PERIOD_S = 0.001


def straight(speed: float) -> QuinticPath:
    return QuinticPath.from_trajectory(
        trajectory(0, [[speed * 0.1 * i - 1.0, 0.02] for i in range(9)]))


def stop_time(path: QuinticPath, at_s: float = 0.0) -> float:
    return StopRule(LIMITS).along(path.table(0.0, 0.03)).at(at_s)


@pytest.mark.parametrize('speed', [0.05, 0.5, 1.0])
def test_on_a_slow_straight_path_the_jerk_decides(speed: float) -> None:
    expected = max(1.5 * speed / LIMITS.acceleration[0], math.sqrt(4.5 * speed / LIMITS.jerk[0]))
    assert stop_time(straight(speed)) == pytest.approx(expected, rel=1e-3)


def test_the_end_of_a_path_does_not_lengthen_a_stop_at_its_begin() -> None:
    path = straight(1.0)
    rule = StopRule(LIMITS).along(path.table(0.0, 0.03))
    assert rule.at(0.0) < rule.at(0.7)
    assert rule.at(0.0, ahead_s=0.7) == rule.at(0.7)


def test_a_path_at_rest_stops_at_once() -> None:
    assert stop_time(straight(0.0)) == pytest.approx(0.02)


def test_it_has_an_upper_bound() -> None:
    rule = StopRule(LIMITS)
    times_s = np.array([0.0, 1.0])
    large = np.full((2, 2), 1e3)
    times = rule.along((times_s, large, large, -large, large))
    assert times.at(0.0) == rule.longest_s
    assert rule.longest_s == pytest.approx(1.5 * 1.5 * 3.0 / 10.0)


def test_what_lies_behind_does_not_count() -> None:
    times = StopTimes([0.0, 0.1, 0.2, 0.3], [0.9, 0.1, 0.1, 0.1])
    assert times.at(0.15) == 0.1
    assert times.at(0.05) == 0.9


@given(st.floats(0.1, 2.5), st.floats(0.5, 8.0), st.floats(0.0, 0.9))
@settings(max_examples=100)
def test_a_stop_in_that_time_keeps_the_limits_on_a_wave(
    rate: float, share: float, start: float
) -> None:
    """Its acceleration stays in the limit, its jerk too where the path's own leaves room."""
    amplitude = min(share / rate**2, 0.9, 2.8 / rate)
    path = QuinticPath.from_trajectory(trajectory(
        0, [[amplitude * math.sin(rate * 0.05 * i + 6.28 * start), 0.02] for i in range(40)],
        dt_s=0.05))
    begin_s = 0.5
    stop_s = stop_time(path, begin_s)
    scale = TimeScale(period_s=PERIOD_S)
    while scale.value < 1.0:
        scale.step(1.0, fall_s=0.1, rise_s=0.1)
    time_s = begin_s
    positions = [path.sample(begin_s - PERIOD_S * k)[0][0] for k in (3, 2, 1, 0)]
    while not scale.is_at_rest:
        before = scale.value
        time_s += 0.5 * PERIOD_S * (before + scale.step(0.0, fall_s=stop_s, rise_s=1.0))
        positions.append(path.sample(time_s)[0][0])
    accelerations = np.diff(positions, 2) / PERIOD_S**2
    assert np.abs(accelerations).max() <= LIMITS.acceleration[0] * 1.02
    jerks = np.diff(positions, 3) / PERIOD_S**3
    assert np.abs(jerks).max() <= LIMITS.jerk[0] * 1.1
