# SPDX-License-Identifier: Apache-2.0
"""A trajectory is refused for what it says, with what was expected, got and allowed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.admission import Admission
from rho_core.motion.admission import AdmissionRules
from rho_core.motion.path import QuinticPath
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import MS
from rho_core.motion.testing import S
from rho_core.motion.testing import trajectory
from rho_core.motion.trajectory import JointTrajectory

NOW = 100 * S
FINE = [[0.0, 0.02], [0.1, 0.02], [0.2, 0.02]]


def admit(
    rows: Any = FINE, start_ns: int = NOW, newer_than_ns: int | None = None, **how: Any
) -> JointTrajectory:
    rules = AdmissionRules(max_horizon_s=2.0, max_points=50)
    return Admission(LIMITS, rules).admit(
        trajectory(start_ns, rows, **how), now_ns=NOW, newer_than_ns=newer_than_ns)


def test_a_fine_trajectory_comes_back_in_the_arms_order() -> None:
    admitted = admit([row[::-1] for row in FINE], names=('slide', 'turn'))
    assert admitted.joint_names == LIMITS.names
    assert admitted.positions.tolist() == FINE


@pytest.mark.parametrize('offset_ms', [-100, 0, 250])
def test_stamps_within_age_and_lead_are_taken(offset_ms: int) -> None:
    assert admit(start_ns=NOW + offset_ms * MS).start_ns == NOW + offset_ms * MS


@pytest.mark.parametrize(('how', 'problem'), [
    ({'start_ns': NOW - 101 * MS}, r'stamp: 0.101 s old, allowed 0.1 s'),
    ({'start_ns': NOW + 251 * MS}, r'stamp: 0.251 s in the future, allowed 0.25 s'),
    ({'newer_than_ns': NOW}, r'stamp: 0.000 s before the newest'),
    ({'newer_than_ns': NOW + 20 * MS}, r'stamp: 0.020 s before the newest'),
    ({'rows': [[0.0, 0.02]] * 51}, 'points: 51, allowed 50'),
    ({'rows': FINE, 'dt_s': 1.1}, r'last point after 2.200 s, allowed 2.0 s'),
    ({'names': ('turn', 'other')}, 'missing slide; not of this arm other'),
    ({'rows': [[0.0, 0.02], [0.0, 0.05]]}, r'positions: 0.0500 in slide at point 1, allowed'),
    ({'rows': [[-2.1, 0.02]]}, r'positions: -2.1000 in turn at point 0'),
    ({'rows': [[0.0, 0.02], [0.31, 0.02]]}, r'velocity between points: 3.1 in turn .* allowed 3'),
    ({'rows': [[0.0, 0.02], [0.1, 0.02], [0.0, 0.02]]},
     r'acceleration between points: 20 in turn after point 0, allowed 10'),
    ({'rows': FINE, 'velocities': [[0, 0], [3.5, 0], [0, 0]]}, r'velocities: 3.5 in turn'),
    ({'rows': FINE, 'velocities': [[0, 0], [1.5, 0], [0, 0]]},
     r'acceleration from the velocities: 15 in turn'),
    ({'rows': [[0.0, 0.02], [0.29, 0.02]], 'velocities': [[0, 0], [0, 0]]},
     r'velocity of the curve: 5.437 in turn after point 0, allowed 3.15'),
    ({'rows': FINE, 'velocities': [[1, 0], [1, 0], [1, 0]]}, 'at the last point, allowed 0'),
])
def test_what_breaks_a_rule_is_refused_by_name(how: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        admit(**how)


def test_the_velocity_of_the_path_itself_is_judged() -> None:
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(50):
        rows = np.column_stack([rng.uniform(-0.2, 0.2, 2), [0.02, 0.02]])
        speeds = np.array([[rng.uniform(-1, 1), 0.0], [0.0, 0.0]])
        path = QuinticPath.from_trajectory(trajectory(0, rows, velocities=speeds))
        peak = max(abs(path.sample(0.1 * u)[1][0]) for u in np.linspace(0, 1, 501))
        limit = LIMITS.velocity[0]
        refusal = refusal_of(rows, speeds)
        refused += bool(refusal)
        if peak > limit * 1.1:
            assert refusal
        elif peak < limit and abs(speeds[0, 0]) / 0.1 < LIMITS.acceleration[0]:
            assert not refusal
    assert 10 < refused < 45


def test_given_accelerations_are_judged() -> None:
    fine = trajectory(NOW, FINE, velocities=[[0, 0], [0.5, 0], [0, 0]])
    rules = Admission(LIMITS)
    strong = replace(fine, accelerations=np.array([[0.0, 0.0], [10.5, 0.0], [0.0, 0.0]]))
    with pytest.raises(Refused, match=r'accelerations: 10.5 in turn after point 1, allowed 10'):
        rules.admit(strong, now_ns=NOW, newer_than_ns=None)
    weak = replace(fine, accelerations=np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 0.0]]))
    assert rules.admit(weak, now_ns=NOW, newer_than_ns=None) is weak


def refusal_of(rows: Any, velocities: Any) -> str:
    try:
        admit(rows, velocities=velocities)
    except Refused as error:
        return str(error)
    return ''


@pytest.mark.parametrize('name', ['max_age_s', 'max_lead_s', 'max_horizon_s', 'max_points'])
def test_senseless_rules_are_refused_by_name(name: str) -> None:
    values: dict[str, Any] = {name: 0}
    with pytest.raises(ConfigError, match='positive') as caught:
        AdmissionRules(**values)
    assert caught.value.path == name
