# SPDX-License-Identifier: Apache-2.0
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.motion.admission import Admission
from rho_core.motion.path import QuinticPath
from rho_core.motion.point_to_point import is_at
from rho_core.motion.point_to_point import point_to_point
from rho_core.motion.testing import LIMITS

WIDE = JointLimits(
    names=('a', 'b', 'c'), lower=np.full(3, -3.0), upper=np.full(3, 3.0),
    velocity=np.array([3.0, 3.0, 0.15]), acceleration=np.array([10.0, 12.0, 1.5]),
    jerk=np.array([150.0, 100.0, 40.0]))
points = st.tuples(*[st.floats(-3.0, 3.0, allow_nan=False) for _ in range(3)]).map(np.array)


@given(start=points, goal=points, fraction=st.floats(0.05, 1.0))
def test_it_rests_at_both_ends_and_keeps_its_share_of_the_limits(
    start: npt.NDArray[np.float64], goal: npt.NDArray[np.float64], fraction: float
) -> None:
    trajectory = point_to_point(start, goal, WIDE, speed_fraction=fraction)
    assert trajectory.velocities is not None
    assert trajectory.accelerations is not None
    np.testing.assert_allclose(trajectory.positions[[0, -1]], [start, goal], atol=1e-12)
    assert not trajectory.velocities[[0, -1]].any()
    assert not trajectory.accelerations[[0, -1]].any()
    assert (np.diff(trajectory.times_s) > 0).all()
    path = QuinticPath.from_trajectory(trajectory)
    times_s = np.linspace(0.0, path.end_s, 101)
    sampled = np.array([path.sample(time_s)[1:] for time_s in times_s])
    velocities, accelerations = sampled[:, 0], sampled[:, 1]
    slack = 1.0 + 1e-6
    assert (np.abs(velocities) <= fraction * WIDE.velocity * slack + 1e-9).all()
    assert (np.abs(accelerations) <= fraction * WIDE.acceleration * slack + 1e-9).all()
    jerks = np.diff(accelerations, axis=0) / np.diff(times_s)[:, None]
    assert (np.abs(jerks) <= fraction * WIDE.jerk * slack + 1e-6).all()


def test_a_controller_admits_it() -> None:
    trajectory = point_to_point((0.0, 0.02), (1.0, 0.04), LIMITS, start_ns=5, speed_fraction=1.0)
    admitted = Admission(LIMITS).admit(trajectory, now_ns=5, newer_than_ns=None)
    assert admitted.start_ns == 5


def test_an_arm_that_is_there_already_gets_a_short_trajectory() -> None:
    trajectory = point_to_point([1.0] * 3, [1.0] * 3, WIDE)
    np.testing.assert_array_equal(trajectory.times_s, (0.0, 0.1, 0.2))
    np.testing.assert_array_equal(trajectory.positions, np.ones((3, 3)))


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'shape \(3,\), got \(2,\)'):
        point_to_point([0.0] * 2, [0.0] * 3, WIDE)
    with pytest.raises(ConfigError, match='finite'):
        point_to_point([np.nan, 0.0, 0.0], [0.0] * 3, WIDE)
    with pytest.raises(ConfigError, match='fraction'):
        point_to_point([0.0] * 3, [1.0] * 3, WIDE, speed_fraction=0.0)


def test_is_at_looks_at_each_joint() -> None:
    assert is_at([1.0, 2.0], [1.01, 1.99], 0.02)
    assert not is_at([1.0, 2.0], [1.01, 1.97], 0.02)
