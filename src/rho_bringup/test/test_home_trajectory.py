# SPDX-License-Identifier: Apache-2.0
"""Tests of the motion home."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_bringup.episodes.home_trajectory import home_trajectory
from rho_bringup.episodes.home_trajectory import is_at
from rho_core.errors import ConfigError

VELOCITY = np.array([3.0, 2.0, 0.2])
ACCELERATION = np.array([10.0, 8.0, 1.0])
positions = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3)


@given(positions, positions)
def test_motion_starts_and_ends_at_rest_where_asked(
    start: list[float], home: list[float]
) -> None:
    knots = home_trajectory(start, home, velocity_limits=VELOCITY,
                            acceleration_limits=ACCELERATION)
    assert np.array_equal(knots.positions[0], start)
    assert np.array_equal(knots.positions[-1], home)
    assert not knots.velocities[[0, -1]].any()
    assert np.allclose(np.diff(knots.times_s), 0.1)


@given(positions, positions, st.floats(0.05, 1.0))
def test_motion_keeps_the_fraction_of_the_limits(
    start: list[float], home: list[float], fraction: float
) -> None:
    knots = home_trajectory(start, home, velocity_limits=VELOCITY,
                            acceleration_limits=ACCELERATION, speed_fraction=fraction)
    steps = np.abs(np.diff(knots.positions, axis=0)) / 0.1
    assert (steps <= fraction * VELOCITY + 1e-9).all()
    assert (np.abs(knots.velocities) <= fraction * VELOCITY + 1e-9).all()
    changes = np.abs(np.diff(knots.velocities, axis=0)) / 0.1
    assert (changes <= fraction * ACCELERATION + 1e-9).all()


def test_knot_velocities_are_the_derivative() -> None:
    knots = home_trajectory([0.0] * 3, [2.0, 1.0, 0.1], velocity_limits=VELOCITY,
                            acceleration_limits=ACCELERATION)
    central = (knots.positions[2:] - knots.positions[:-2]) / 0.2
    assert np.allclose(knots.velocities[1:-1], central, atol=0.02)


def test_arm_at_home_gets_a_short_motion_that_stays() -> None:
    knots = home_trajectory([1.0] * 3, [1.0] * 3, velocity_limits=VELOCITY,
                            acceleration_limits=ACCELERATION)
    assert len(knots.times_s) == 3
    assert (knots.positions == 1.0).all()


def test_shapes_must_agree() -> None:
    with pytest.raises(ConfigError, match='expected four times'):
        home_trajectory([0.0] * 2, [0.0] * 3, velocity_limits=VELOCITY,
                        acceleration_limits=ACCELERATION)


def test_nan_is_refused() -> None:
    with pytest.raises(ConfigError, match='finite'):
        home_trajectory([np.nan, 0.0, 0.0], [0.0] * 3, velocity_limits=VELOCITY,
                        acceleration_limits=ACCELERATION)


def test_zero_limit_is_refused() -> None:
    with pytest.raises(ConfigError, match='positive'):
        home_trajectory([0.0] * 3, [0.0] * 3, velocity_limits=[1.0, 0.0, 1.0],
                        acceleration_limits=ACCELERATION)


def test_is_at_looks_at_the_worst_joint() -> None:
    assert is_at([0.0, 0.009], [0.0, 0.0], 0.01)
    assert not is_at([0.0, 0.011], [0.0, 0.0], 0.01)
