# SPDX-License-Identifier: Apache-2.0
"""Paths go through their points, are smooth, and end at rest; bridges join without a jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.motion.path import CubicPath
from rho_core.motion.splice import Splicer
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import trajectory

rows = st.lists(
    st.tuples(st.floats(-2.0, 2.0), st.floats(0.0, 0.04)), min_size=1, max_size=6)


@given(rows)
@settings(max_examples=50)
def test_path_goes_through_its_points_and_ends_at_rest(points: list[tuple[float, ...]]) -> None:
    path = CubicPath.from_trajectory(trajectory(0, points))
    for i, point in enumerate(points[:-1]):
        np.testing.assert_allclose(path.sample(0.1 * i)[0], point, atol=1e-12)
    positions, velocities = path.sample(path.end_s + 1.0)
    np.testing.assert_allclose(positions, points[-1])
    assert velocities == [0.0, 0.0]


@given(rows, st.floats(0.0, 1.0))
@settings(max_examples=50)
def test_velocity_is_the_derivative_of_position(
    points: list[tuple[float, ...]], share: float
) -> None:
    path = CubicPath.from_trajectory(trajectory(0, points))
    time_s = share * path.end_s
    step_s = 1e-6
    before, after = path.sample(time_s - step_s)[0], path.sample(time_s + step_s)[0]
    if path.start_s + step_s < time_s < path.end_s - step_s:
        np.testing.assert_allclose(
            path.sample(time_s)[1], (np.array(after) - before) / (2 * step_s), atol=2e-2)


def test_a_path_without_given_velocities_ends_with_constant_deceleration() -> None:
    path = CubicPath.from_trajectory(trajectory(0, [[0.1 * i, 0.0] for i in range(5)]))
    speeds = [path.sample(0.3 + 0.2 * u)[1][0] for u in (0.0, 0.25, 0.5, 0.75)]
    np.testing.assert_allclose(speeds, [1.0, 0.75, 0.5, 0.25], atol=1e-9)


def test_given_velocities_are_kept() -> None:
    path = CubicPath.from_trajectory(
        trajectory(0, [[0.0, 0.0], [0.1, 0.0]], velocities=[[0.5, 0.0], [0.0, 0.0]]))
    assert path.sample(0.0)[1] == [0.5, 0.0]
    assert path.end_s == pytest.approx(0.1)


def test_path_rests_before_its_first_point() -> None:
    path = CubicPath.from_trajectory(trajectory(0, [[0.3, 0.01], [0.4, 0.01]]))
    assert path.sample(-1.0) == ([0.3, 0.01], [0.0, 0.0])


@given(
    st.floats(-0.2, 0.2), st.floats(-1.0, 1.0), st.floats(-0.05, 0.25),
)
@settings(max_examples=100)
def test_bridge_continues_position_and_velocity(
    position: float, velocity: float, lead_s: float
) -> None:
    path = CubicPath.from_trajectory(
        trajectory(0, [[0.05 * i, 0.02] for i in range(10)]))
    try:
        spliced = Splicer(LIMITS).splice(
            path, time_s=-lead_s, positions=[position, 0.02], velocities=[velocity, 0.0])
    except Refused:
        return
    begin, rates = spliced.sample(-lead_s)
    np.testing.assert_allclose(begin, [position, 0.02], atol=1e-12)
    np.testing.assert_allclose(rates, [velocity, 0.0], atol=1e-12)
    join_s = spliced.bridge.end_s
    assert join_s >= max(0.0, 0.04 - lead_s) - 1e-12
    for left, right in zip(spliced.sample(join_s - 1e-9), path.sample(join_s), strict=True):
        np.testing.assert_allclose(left, right, atol=1e-6)
    times_s = np.linspace(-lead_s, join_s, 200)
    speeds = np.array([spliced.sample(time_s)[1] for time_s in times_s])
    assert (np.abs(speeds) <= LIMITS.velocity + 1e-9).all()
    accelerations = np.diff(speeds, axis=0) / np.diff(times_s)[:, None]
    assert (np.abs(accelerations) <= LIMITS.acceleration * 1.001 + 1e-6).all()


def test_bridge_is_as_short_as_allowed_when_the_state_is_on_the_path() -> None:
    path = CubicPath.from_trajectory(trajectory(0, [[0.0, 0.02]] * 5))
    spliced = Splicer(LIMITS).splice(
        path, time_s=0.1, positions=[0.0, 0.02], velocities=[0.0, 0.0])
    assert spliced.bridge.end_s == pytest.approx(0.14)
    assert spliced.end_s == path.end_s


def test_a_first_point_out_of_reach_is_refused_with_numbers() -> None:
    path = CubicPath.from_trajectory(trajectory(0, [[1.9, 0.02]]))
    with pytest.raises(Refused, match=r'first point: .* in turn needs an acceleration of .*10'):
        Splicer(LIMITS).splice(path, time_s=0.0, positions=[0.0, 0.02], velocities=[0.0, 0.0])
