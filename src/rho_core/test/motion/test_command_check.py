# SPDX-License-Identifier: Apache-2.0
"""Every kind of violation is found, named with its joint and cycle, and nothing else is."""

import math

import numpy as np
import pytest

from rho_core.motion.command_check import find_violations
from rho_core.motion.limiter import JointLimiter
from rho_core.motion.testing import LIMITS

PERIOD_S = 0.002


def check(turn: list[float]) -> list[str]:
    return find_violations([(value, 0.02) for value in turn], LIMITS, period_s=PERIOD_S)


def cubic(jerk: float, ticks: int) -> list[float]:
    """Samples of a curve with this jerk from rest, as differences: exact at the period."""
    positions, velocity, acceleration = [0.0, 0.0, 0.0], 0.0, 0.0
    for _ in range(ticks):
        acceleration += jerk * PERIOD_S
        velocity += acceleration * PERIOD_S
        positions.append(positions[-1] + velocity * PERIOD_S)
    return positions


def test_no_commands_and_rest_are_fine() -> None:
    assert check([]) == []
    assert check([0.5]) == []
    assert check([0.5] * 10) == []


def test_the_limits_themselves_are_allowed() -> None:
    assert check(cubic(LIMITS.jerk[0], 25)) == []
    assert check([LIMITS.upper[0]] * 5) == []


def test_a_jerk_beyond_the_limit_is_found() -> None:
    found = check(cubic(LIMITS.jerk[0] * 1.01, 20))
    assert found
    assert all(text.startswith('jerk of turn at cycle') for text in found)
    assert 'allowed -200' in found[0]


def test_an_acceleration_beyond_the_limit_is_found() -> None:
    found = check(cubic(LIMITS.jerk[0], 30))
    assert any(text.startswith('acceleration of turn') for text in found)
    assert not any(text.startswith('velocity') for text in found)


def test_a_velocity_beyond_the_limit_is_found() -> None:
    found = check([0.0031 * 2 * i for i in range(5)])
    assert any(text.startswith('velocity of turn at cycle 0: 3.1, allowed -3') for text in found)


def test_a_position_beyond_the_limit_is_found() -> None:
    assert check([2.1] * 3)[0].startswith('position of turn at cycle 0: 2.1, allowed -2 to 2')


def test_the_joint_is_named() -> None:
    rows = [(0.0, 0.05)] * 3
    assert 'position of slide' in find_violations(rows, LIMITS, period_s=PERIOD_S)[0]


@pytest.mark.parametrize('bad', [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_found_first(bad: float) -> None:
    assert check([0.0, bad, 0.0]) == ['a command is not finite']


def test_a_motion_in_progress_before_the_first_command_is_a_violation() -> None:
    """The arm stood still before: a first difference of full speed is a jump."""
    assert any(text.startswith('acceleration') for text in check([0.0, 0.002, 0.004]))


def test_a_limited_motion_between_wild_set_points_passes() -> None:
    limiter = JointLimiter(LIMITS, period_s=PERIOD_S)
    limiter.reset([0.0, 0.02])
    rng = np.random.default_rng(3)
    commands = []
    for _ in range(30):
        target = [rng.uniform(-2, 2), rng.uniform(0, 0.04)]
        for _ in range(40):
            limiter.step(target, [0.0, 0.0], [0.0, 0.0])
            commands.append(tuple(limiter.positions))
    assert find_violations(commands, LIMITS, period_s=PERIOD_S) == []
