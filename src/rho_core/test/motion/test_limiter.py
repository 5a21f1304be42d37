# SPDX-License-Identifier: Apache-2.0
"""Whatever set point comes, no command leaves the limits."""

import math

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.motion.command_check import find_violations
from rho_core.motion.limiter import JointLimiter
from rho_core.motion.testing import LIMITS

PERIOD_S = 0.002
wild = st.floats(-1e6, 1e6)
near = st.floats(-2.5, 2.5)


def start(turn: float = 0.0, slide: float = 0.02) -> JointLimiter:
    limiter = JointLimiter(LIMITS, period_s=PERIOD_S)
    limiter.reset([turn, slide])
    return limiter


@given(st.lists(
    st.tuples(st.one_of(wild, near), wild, st.one_of(wild, near), st.integers(1, 40)),
    max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_set_point_brings_a_command_out_of_its_limits(
    wishes: list[tuple[float, float, float, int]]
) -> None:
    limiter = start()
    commands = [tuple(limiter.positions)]
    for target, rate, other, repeat in wishes:
        for _ in range(repeat):
            limiter.step([target, other], [rate, -rate])
            commands.append(tuple(limiter.positions))
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)


@given(st.floats(-2.0, 2.0))
@settings(max_examples=30, deadline=None)
def test_a_resting_set_point_is_reached_without_overshoot(target: float) -> None:
    limiter = start()
    largest = 0.0
    for _ in range(2000):
        limiter.step([target, 0.02], [0.0, 0.0])
        largest = max(largest, abs(limiter.positions[0]))
    assert limiter.positions[0] == pytest.approx(target, abs=1e-9)
    assert largest <= abs(target) + 1e-9


def test_a_smooth_set_point_is_followed_closely() -> None:
    limiter = start()
    gaps = []
    for i in range(1, 1500):
        time_s = i * PERIOD_S
        target = 0.3 * (1 - math.cos(2.0 * time_s))
        limiter.step([target, 0.02], [0.6 * math.sin(2.0 * time_s), 0.0])
        gaps.append(abs(target - limiter.positions[0]))
    assert max(gaps) < 1e-5


@given(st.floats(-3.0, 3.0))
@settings(max_examples=30, deadline=None)
def test_braking_rests_within_the_limits(target: float) -> None:
    limiter = start()
    commands = [tuple(limiter.positions)]
    for _ in range(200):
        limiter.step([target, 0.02], [math.copysign(3.0, target), 0.0])
        commands.append(tuple(limiter.positions))
    for _ in range(200):
        limiter.brake()
        commands.append(tuple(limiter.positions))
    assert limiter.is_at_rest
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)


@pytest.mark.parametrize('bad', [math.nan, math.inf, -math.inf])
def test_a_set_point_that_is_not_finite_is_refused_and_changes_nothing(bad: float) -> None:
    limiter = start()
    before = list(limiter.positions)
    with pytest.raises(Refused, match='finite'):
        limiter.step([bad, 0.02], [0.0, 0.0])
    with pytest.raises(Refused, match='finite'):
        limiter.step([0.0, 0.02], [0.0, bad])
    assert limiter.positions == before


@pytest.mark.parametrize('position', [2.1, -2.1, math.nan])
def test_it_starts_inside_its_limits_only(position: float) -> None:
    with pytest.raises(Refused, match='expected a position'):
        start(position)
