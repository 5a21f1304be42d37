# SPDX-License-Identifier: Apache-2.0
"""Paths go through their points, are smooth, and end at rest; bridges join without a jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.motion.path import QuinticPath
from rho_core.motion.splice import Splicer
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import trajectory

rows = st.lists(
    st.tuples(st.floats(-2.0, 2.0), st.floats(0.0, 0.04)), min_size=1, max_size=6)


@given(rows)
@settings(max_examples=50)
def test_path_goes_through_its_points_and_ends_at_rest(points: list[tuple[float, ...]]) -> None:
    path = QuinticPath.from_trajectory(trajectory(0, points))
    for i, point in enumerate(points[:-1]):
        np.testing.assert_allclose(path.sample(0.1 * i)[0], point, atol=1e-12)
    positions, velocities, accelerations = path.sample(path.end_s + 1.0)
    np.testing.assert_allclose(positions, points[-1])
    assert velocities == accelerations == [0.0, 0.0]
    if len(points) > 1:
        for before, after in zip(
            path.sample(path.end_s - 1e-9), path.sample(path.end_s), strict=True
        ):
            np.testing.assert_allclose(before, after, atol=1e-4)


@given(rows, st.floats(0.0, 1.0))
@settings(max_examples=50)
def test_samples_are_derivatives_of_each_other(
    points: list[tuple[float, ...]], share: float
) -> None:
    path = QuinticPath.from_trajectory(trajectory(0, points))
    time_s = share * path.end_s
    step_s = 1e-6
    if path.start_s + step_s < time_s < path.end_s - step_s:
        before, now = path.sample(time_s - step_s), path.sample(time_s)
        after = path.sample(time_s + step_s)
        for order in (0, 1):
            slope = (np.array(after[order]) - before[order]) / (2 * step_s)
            np.testing.assert_allclose(now[order + 1], slope, atol=5e-2, rtol=1e-6)


@given(rows)
@settings(max_examples=50)
def test_acceleration_is_continuous_at_the_points(points: list[tuple[float, ...]]) -> None:
    path = QuinticPath.from_trajectory(trajectory(0, points))
    for i in range(1, len(points) - 1):
        before, after = path.sample(0.1 * i - 1e-9), path.sample(0.1 * i + 1e-9)
        np.testing.assert_allclose(before[2], after[2], atol=1e-2)


def test_a_constant_acceleration_is_met_exactly() -> None:
    path = QuinticPath.from_trajectory(
        trajectory(0, [[0.5 * 2.0 * (0.1 * i) ** 2, 0.02] for i in range(6)]))
    for time_s in np.linspace(0.0, 0.39, 40):
        position, velocity, acceleration = path.sample(time_s)
        assert position[0] == pytest.approx(time_s**2, abs=1e-12)
        assert velocity[0] == pytest.approx(2.0 * time_s, abs=1e-12)
        assert acceleration[0] == pytest.approx(2.0, abs=1e-9)


def test_a_path_without_given_velocities_runs_out_smoothly() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.1 * i, 0.0] for i in range(5)]))
    assert path.end_s == pytest.approx(0.5)
    speeds = [path.sample(0.3 + 0.2 * u)[1][0] for u in np.linspace(0.0, 1.0, 9)]
    np.testing.assert_allclose(
        speeds, [1.0 - u * u * (3.0 - 2.0 * u) for u in np.linspace(0.0, 1.0, 9)], atol=1e-9)


def test_given_velocities_are_kept() -> None:
    path = QuinticPath.from_trajectory(
        trajectory(0, [[0.0, 0.0], [0.1, 0.0]], velocities=[[0.5, 0.0], [0.0, 0.0]]))
    assert path.sample(0.0)[1] == [0.5, 0.0]
    assert path.end_s == pytest.approx(0.1)


def test_path_rests_before_its_first_point() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.3, 0.01], [0.4, 0.01]]))
    assert path.sample(-1.0) == ([0.3, 0.01], [0.0, 0.0], [0.0, 0.0])


@given(rows, st.floats(-0.1, 0.7))
@settings(max_examples=50)
def test_the_table_has_the_samples(points: list[tuple[float, ...]], from_s: float) -> None:
    path = QuinticPath.from_trajectory(trajectory(0, points))
    from_s = max(from_s, path.start_s)
    times_s, *columns = path.table(from_s, 0.03)
    assert times_s[0] == pytest.approx(from_s)
    assert times_s[-1] == pytest.approx(max(path.end_s, from_s))
    assert (np.diff(times_s) > 0.0).all()
    assert all(column.shape == (times_s.size, 2) for column in columns)
    for row in range(times_s.size - 1):
        for sampled, column in zip(path.sample(times_s[row]), columns, strict=False):
            np.testing.assert_allclose(column[row], sampled, atol=1e-6)


def test_the_table_is_as_dense_as_the_path_is_long() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.0, 0.02], [1.0, 0.02]], dt_s=1.0))
    positions = path.table(0.0, 0.03)[1]
    assert np.abs(np.diff(positions[:, 0])).max() < 0.03 * 2
    assert len(positions) < 70


@given(
    st.floats(-0.2, 0.2), st.floats(-1.0, 1.0), st.floats(-5.0, 5.0), st.floats(-0.05, 0.25),
)
@settings(max_examples=100)
def test_bridge_continues_position_velocity_and_acceleration_within_the_limits(
    position: float, velocity: float, acceleration: float, lead_s: float
) -> None:
    path = QuinticPath.from_trajectory(
        trajectory(0, [[0.05 * i, 0.02] for i in range(10)]))
    try:
        spliced = Splicer(LIMITS).splice(
            path, time_s=-lead_s, positions=[position, 0.02], velocities=[velocity, 0.0],
            accelerations=[acceleration, 0.0])
    except Refused:
        return
    for sampled, given_state in zip(
        spliced.sample(-lead_s), (position, velocity, acceleration), strict=True
    ):
        assert sampled[0] == pytest.approx(given_state, abs=1e-9)
    join_s = spliced.bridge.end_s
    assert join_s >= max(0.0, 0.04 - lead_s) - 1e-12
    for left, right in zip(spliced.sample(join_s - 1e-9), path.sample(join_s), strict=True):
        np.testing.assert_allclose(left, right, atol=1e-5)
    times_s = np.linspace(-lead_s, join_s, 200)
    accelerations = np.array([spliced.bridge.sample(t)[2] for t in times_s[:-1]])
    speeds = np.array([spliced.bridge.sample(t)[1] for t in times_s[:-1]])
    jerks = np.diff(accelerations, axis=0) / np.diff(times_s[:-1])[:, None]
    # Judged at 25 nodes: in between a little more is possible.
    assert (np.abs(speeds) <= LIMITS.velocity * 1.01).all()
    assert (np.abs(accelerations) <= LIMITS.acceleration * 1.02).all()
    assert (np.abs(jerks) <= LIMITS.jerk * 1.05).all()


def test_a_bridge_from_a_single_point_at_full_speed_does_not_stop_on_the_way() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.5, 0.02]]))
    spliced = Splicer(LIMITS, stretch_s=1.0).splice(
        path, time_s=0.0, positions=[0.0, 0.02], velocities=[2.0, 0.0], accelerations=[0.0, 0.0])
    speeds = [spliced.sample(t)[1][0] for t in np.linspace(0.0, 0.5 * spliced.bridge.end_s, 20)]
    assert min(speeds) > 0.5
    assert spliced.end_s == spliced.bridge.end_s


def test_bridge_is_as_short_as_allowed_when_the_state_is_on_the_path() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.0, 0.02]] * 5))
    spliced = Splicer(LIMITS).splice(path, time_s=0.1, positions=[0.0, 0.02],
                                     velocities=[0.0, 0.0], accelerations=[0.0, 0.0])
    assert spliced.bridge.end_s == pytest.approx(0.14)
    assert spliced.end_s == path.end_s


def test_a_bridge_does_not_leave_the_positions() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[1.95, 0.02]] * 5))
    with pytest.raises(Refused, match=r'needs to pass 2\.0.* in turn, allowed -2.0000 to 2.0000'):
        Splicer(LIMITS).splice(path, time_s=0.0, positions=[1.95, 0.02], velocities=[1.0, 0.0],
                               accelerations=[0.0, 0.0])


def test_a_first_point_out_of_reach_is_refused_with_numbers() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[1.9, 0.02]]))
    with pytest.raises(
        Refused, match=r'first point: .* needs an acceleration of .*, allowed 10, in turn'
    ):
        Splicer(LIMITS).splice(path, time_s=0.0, positions=[0.0, 0.02], velocities=[0.0, 0.0],
                               accelerations=[0.0, 0.0])


def test_the_table_of_a_splice_covers_bridge_and_tail() -> None:
    path = QuinticPath.from_trajectory(trajectory(0, [[0.05 * i, 0.02] for i in range(10)]))
    spliced = Splicer(LIMITS).splice(path, time_s=-0.1, positions=[0.0, 0.02],
                                     velocities=[0.0, 0.0], accelerations=[0.0, 0.0])
    times_s, positions, *_ = spliced.table(-0.1, 0.03)
    assert (times_s[0], times_s[-1]) == (-0.1, pytest.approx(path.end_s))
    assert (np.diff(times_s) > 0.0).all()
    assert positions[0].tolist() == pytest.approx([0.0, 0.02])
    late = spliced.table(0.5, 0.03)
    assert late[0][0] == 0.5
