# SPDX-License-Identifier: Apache-2.0
"""Only well-formed trajectories can be constructed."""

from typing import Any

import numpy as np
import pytest

from rho_core.errors import Refused
from rho_core.motion.trajectory import JointTrajectory


def make(**changes: Any) -> JointTrajectory:
    values: dict[str, Any] = {
        'start_ns': 10**9,
        'times_s': [0.0, 0.1, 0.2],
        'joint_names': ('a', 'b'),
        'positions': [[0.0, 1.0], [0.1, 1.1], [0.2, 1.2]],
        'velocities': None,
    }
    return JointTrajectory(**{**values, **changes})


def test_times_count_from_the_stamp() -> None:
    assert make().end_ns == 10**9 + 200_000_000


def test_columns_follow_the_names() -> None:
    ordered = make(velocities=[[1.0, 2.0]] * 3).reordered(['b', 'a'])
    assert ordered.positions[0].tolist() == [1.0, 0.0]
    assert ordered.velocities is not None
    assert ordered.velocities[0].tolist() == [2.0, 1.0]


def test_same_order_needs_no_copy() -> None:
    trajectory = make()
    assert trajectory.reordered(('a', 'b')) is trajectory


@pytest.mark.parametrize(('names', 'problem'), [
    (('a',), 'not of this arm b'),
    (('a', 'b', 'c'), 'missing c'),
    (('a', 'c'), 'missing c; not of this arm b'),
])
def test_other_joints_are_refused_by_name(names: tuple[str, ...], problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        make().reordered(names)


@pytest.mark.parametrize(('changes', 'problem'), [
    ({'joint_names': ('a', 'a')}, 'unique'),
    ({'joint_names': ()}, 'unique'),
    ({'times_s': []}, 'at least one'),
    ({'times_s': [0.0, 0.1, 0.1]}, 'strictly increasing'),
    ({'times_s': [-0.1, 0.1, 0.2]}, '>= 0'),
    ({'times_s': [0.0, np.nan, 0.2]}, 'time_from_start: expected finite'),
    ({'positions': [[0.0, 1.0]] * 2}, '3 points of 2 joints'),
    ({'positions': [[0.0, 1.0], [0.0], [0.0, 1.0]]}, '2 numbers in each point'),
    ({'positions': [[0.0, 1.0], [0.0, np.nan], [0.0, 1.0]]}, 'got nan in b at point 1'),
    ({'positions': [[np.inf, 1.0], [0.0, 1.0], [0.0, 1.0]]}, 'got inf in a at point 0'),
    ({'velocities': [[0.0, 1.0]] * 2}, 'velocities: expected 3 points'),
    ({'velocities': [[0.0, np.nan]] * 3}, 'velocities: expected finite'),
])
def test_malformed_trajectories_are_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        make(**changes)


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match='read-only'):
        make().positions[0, 0] = 1.0
