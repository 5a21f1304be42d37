# SPDX-License-Identifier: Apache-2.0
"""The time of a path slows down and speeds up as far as the joints can follow."""

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.motion.testing import LIMITS
from rho_core.motion.time_scaling import TimeScale

PERIOD_S = 0.002


def running(ramp_s: float = 0.3) -> TimeScale:
    scale = TimeScale(LIMITS, period_s=PERIOD_S, ramp_s=ramp_s)
    for _ in range(1000):
        scale.step(1.0, [0.0, 0.0], [0.0, 0.0])
    return scale


def test_it_starts_at_rest_and_ramps_up() -> None:
    scale = TimeScale(LIMITS, period_s=PERIOD_S, ramp_s=0.3)
    assert scale.value == 0.0
    steps = 0
    while scale.value < 1.0:
        scale.step(1.0, [0.0, 0.0], [0.0, 0.0])
        steps += 1
    assert steps == pytest.approx(150, abs=1)


@given(st.floats(0.01, 3.0), st.floats(-0.2, 0.2))
@settings(max_examples=100)
def test_a_stop_on_a_straight_path_keeps_every_joint_in_its_acceleration(
    turn: float, slide: float
) -> None:
    scale = running()
    path = [turn, slide]
    velocities = list(path)
    steps = 0
    while scale.value > 0.0:
        value = scale.step(0.0, velocities, path)
        following = [value * rate for rate in path]
        for j in range(2):
            change = abs(following[j] - velocities[j]) / PERIOD_S
            assert change <= LIMITS.acceleration[j] * (1 + 1e-9)
        velocities = following
        steps += 1
    assert steps * PERIOD_S <= scale.longest_stop_s


def test_a_stop_ends_even_when_the_path_speeds_up() -> None:
    scale = running()
    speed = 0.1
    for _ in range(round(scale.longest_stop_s / PERIOD_S) + 1):
        scale.step(0.0, [speed, 0.0], [2.0 * speed, 0.0])
        speed = min(speed * 1.5, 3.0)
    assert scale.value == 0.0


def test_a_path_faster_than_a_joint_is_followed_more_slowly() -> None:
    scale = running()
    velocities = [3.0, 0.0]
    for _ in range(300):
        value = scale.step(1.0, velocities, [4.0, 0.0])
        velocities = [value * 4.0, 0.0]
    assert value == pytest.approx(0.75)


def test_a_joint_that_turns_round_does_not_stop_the_others() -> None:
    scale = running()
    assert scale.step(1.0, [1.0, -0.1], [1.0, 0.001]) == 1.0
