# SPDX-License-Identifier: Apache-2.0
"""What a trajectory leaves open is filled in so that the motion is smooth."""

from dataclasses import replace

import numpy as np
import pytest

from rho_core.motion.knots import Knots
from rho_core.motion.testing import trajectory


def of(rows: list[list[float]], **how: object) -> Knots:
    return Knots.from_trajectory(trajectory(0, rows, **how))  # type: ignore[arg-type]


def test_a_single_point_is_a_rest() -> None:
    knots = of([[0.5, 0.01]])
    assert knots.velocities.tolist() == knots.accelerations.tolist() == [[0.0, 0.0]]


def test_two_points_are_a_line_that_runs_out() -> None:
    knots = of([[0.0, 0.01], [0.1, 0.01]])
    assert knots.times_s.tolist() == [0.0, 0.2]
    assert knots.velocities[:, 0].tolist() == [1.0, 0.0]


def test_parabolas_are_met_also_between_uneven_times() -> None:
    times_s = np.array([0.0, 0.1, 0.15, 0.4, 0.45])
    even = trajectory(0, [[0.0, 0.0]] * 5)
    bent = replace(even, times_s=times_s, positions=np.column_stack([times_s**2, 0 * times_s]))
    knots = Knots.from_trajectory(bent)
    np.testing.assert_allclose(knots.velocities[:-1, 0], 2 * times_s[:-1], atol=1e-12)
    np.testing.assert_allclose(knots.accelerations[:-1, 0], 2.0, atol=1e-9)
    assert knots.times_s[-1] == pytest.approx(0.5)


def test_given_velocities_get_accelerations_between_those_of_the_cubics() -> None:
    # 0.05 t^3 has the acceleration 0.3 t.
    times_s = 0.1 * np.arange(6)
    rows = [[0.05 * t**3, 0.02] for t in times_s]
    slopes = [[0.15 * t**2, 0.0] for t in times_s]
    knots = of(rows, velocities=slopes)
    np.testing.assert_allclose(knots.accelerations[:-1, 0], 0.3 * times_s[:-1], atol=1e-9)
    assert knots.accelerations[-1, 0] == 0.0
    assert knots.times_s.tolist() == times_s.tolist()


def test_a_joint_that_stands_at_the_first_point_has_no_acceleration_there() -> None:
    knots = of([[0.0, 0.01], [0.1, 0.02]], velocities=[[0.0, 0.05], [0.0, 0.0]])
    assert knots.accelerations[0, 0] == 0.0
    assert knots.accelerations[0, 1] != 0.0


def test_given_accelerations_are_kept_but_for_the_last_point() -> None:
    line = trajectory(0, [[0.0, 0.01], [0.1, 0.01], [0.2, 0.01]], velocities=[[0.0, 0.0]] * 3)
    knots = Knots.from_trajectory(replace(line, accelerations=np.ones((3, 2))))
    assert knots.accelerations.tolist() == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
