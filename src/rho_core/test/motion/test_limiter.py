# SPDX-License-Identifier: Apache-2.0
"""Whatever set point comes, no command leaves the limits."""

import math

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.motion.brake import brake_reach
from rho_core.motion.command_check import find_violations
from rho_core.motion.limiter import JointLimiter
from rho_core.motion.testing import LIMITS
from rho_core.properties import SAFETY_CASES

PERIOD_S = 0.002
REST = [0.0, 0.0]
wild = st.floats(-1e6, 1e6)
near = st.floats(-2.5, 2.5)
edge = st.sampled_from([-2.0, 2.0, 0.0, 0.04, 1e300, -1e300])


def start(turn: float = 0.0, slide: float = 0.02) -> JointLimiter:
    limiter = JointLimiter(LIMITS, period_s=PERIOD_S)
    limiter.reset([turn, slide])
    return limiter


wishes = st.lists(
    st.tuples(
        st.one_of(wild, near, edge), st.one_of(wild, near), st.one_of(wild, near),
        st.one_of(wild, near, edge), st.integers(1, 60),
        st.sampled_from(['step'] * 9 + ['brake'])),
    max_size=30)


@given(wishes, st.sampled_from([0.002, 0.002, 0.0005, 0.005, 0.02]))
@settings(max_examples=SAFETY_CASES)
def test_no_set_point_brings_a_command_out_of_its_limits(
    steps: list[tuple[float, float, float, float, int, str]], period_s: float
) -> None:
    limiter = JointLimiter(LIMITS, period_s=period_s)
    limiter.reset([0.0, 0.02])
    commands = [tuple(limiter.positions)]
    for target, rate, change, other, repeat, kind in steps:
        for _ in range(repeat):
            if kind == 'brake':
                limiter.brake()
            else:
                limiter.step([target, other], [rate, -rate], [change, change])
            commands.append(tuple(limiter.positions))
            for i in range(2):
                low, high = brake_reach(limiter.velocities[i], limiter.accelerations[i],
                                        LIMITS.acceleration[i], LIMITS.jerk[i])
                assert limiter.positions[i] + low >= LIMITS.lower[i] - 1e-12
                assert limiter.positions[i] + high <= LIMITS.upper[i] + 1e-12
    assert not find_violations(commands, LIMITS, period_s=period_s)


@given(st.floats(-2.0, 2.0), st.sampled_from([0.0005, 0.002, 0.005, 0.02]))
@settings(max_examples=30)
def test_a_resting_set_point_is_reached_without_overshoot_at_any_rate(
    target: float, period_s: float
) -> None:
    limiter = JointLimiter(LIMITS, period_s=period_s)
    limiter.reset([0.0, 0.02])
    largest = 0.0
    commands = [tuple(limiter.positions)]
    for _ in range(round(6.0 / period_s)):
        limiter.step([target, 0.02], REST, REST)
        commands.append(tuple(limiter.positions))
        largest = max(largest, abs(limiter.positions[0]))
    assert limiter.positions[0] == pytest.approx(target, abs=1e-9)
    assert largest <= abs(target) + 1e-9
    assert not find_violations(commands, LIMITS, period_s=period_s)


def test_a_smooth_set_point_is_met_exactly_once_caught_up() -> None:
    limiter = start()
    gaps = []
    for i in range(1, 1500):
        x = 2.0 * i * PERIOD_S
        target = 0.3 * (1 - math.cos(x))
        limiter.step([target, 0.02], [0.6 * math.sin(x), 0.0], [1.2 * math.cos(x), 0.0])
        gaps.append(abs(target - limiter.positions[0]))
    assert max(gaps) < 1e-4
    assert max(gaps[500:]) < 1e-8


@given(st.floats(-3.0, 3.0))
@settings(max_examples=30)
def test_braking_rests_within_the_limits(target: float) -> None:
    limiter = start()
    commands = [tuple(limiter.positions)]
    for _ in range(200):
        limiter.step([target, 0.02], [math.copysign(3.0, target), 0.0], REST)
        commands.append(tuple(limiter.positions))
    for _ in range(250):
        limiter.brake()
        commands.append(tuple(limiter.positions))
    assert limiter.is_at_rest
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)


def test_anchoring_forgets_the_old_set_point() -> None:
    limiter = start()
    limiter.step([1.5, 0.02], REST, REST)
    limiter.brake()
    while not limiter.is_at_rest:
        limiter.brake()
    held = list(limiter.positions)
    limiter.step(held, REST, REST)
    assert limiter.positions == held


@pytest.mark.parametrize('bad', [math.nan, math.inf, -math.inf])
def test_a_set_point_that_is_not_finite_is_refused_and_changes_nothing(bad: float) -> None:
    limiter = start()
    before = list(limiter.positions)
    for values in (([bad, 0.02], REST, REST), (REST, [0.0, bad], REST), (REST, REST, [bad, 0.0])):
        with pytest.raises(Refused, match='finite'):
            limiter.step(*values)
    assert limiter.positions == before


@pytest.mark.parametrize('position', [2.1, -2.1, math.nan])
def test_it_starts_inside_its_limits_only(position: float) -> None:
    with pytest.raises(Refused, match='expected a position'):
        start(position)


def test_it_starts_with_all_its_joints_only() -> None:
    with pytest.raises(Refused, match='expected 2 positions, got 1'):
        JointLimiter(LIMITS, period_s=PERIOD_S).reset([0.0])
