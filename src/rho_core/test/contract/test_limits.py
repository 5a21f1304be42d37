# SPDX-License-Identifier: Apache-2.0
"""Limits that make no sense cannot be constructed."""

from typing import Any

import numpy as np
import pytest

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError


def limits(**changes: Any) -> JointLimits:
    values: dict[str, Any] = {
        'names': ('a', 'b'),
        'lower': [-1.0, 0.0],
        'upper': [1.0, 0.04],
        'velocity': [3.0, 0.1],
        'acceleration': [10.0, 1.0],
        'jerk': [200.0, 20.0],
    }
    return JointLimits(**{**values, **changes})


def test_arrays_are_copies_and_read_only() -> None:
    source = np.array([-1.0, 0.0])
    made = limits(lower=source)
    source[0] = -9.0
    assert made.lower[0] == -1.0
    with pytest.raises(ValueError, match='read-only'):
        made.lower[0] = -9.0


@pytest.mark.parametrize(('changes', 'path', 'problem'), [
    ({'names': ()}, 'limits.names', 'at least one joint'),
    ({'names': ('a', 'a')}, 'limits.names', 'unique'),
    ({'lower': [1.0]}, 'limits.lower', '2 values'),
    ({'lower': [1.0, 0.0]}, 'limits.lower', 'a: expected lower < upper'),
    ({'upper': [np.nan, 1.0]}, 'limits.upper', 'a: expected a finite limit'),
    ({'velocity': [np.inf, 1.0]}, 'limits.velocity', 'finite'),
    ({'velocity': [1.0, 0.0]}, 'limits.velocity', 'b: expected a positive limit, got 0'),
    ({'acceleration': [1.0, -1.0]}, 'limits.acceleration', 'b: expected a positive limit'),
    ({'jerk': [0.0, 20.0]}, 'limits.jerk', 'a: expected a positive limit, got 0'),
])
def test_senseless_limits_are_refused_by_name(
    changes: dict[str, Any], path: str, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        limits(**changes)
    assert caught.value.path == path


def test_subset_reorders_by_name() -> None:
    part = limits().subset(['b', 'a'])
    assert part.names == ('b', 'a')
    assert part.upper.tolist() == [0.04, 1.0]


def test_subset_names_unknown_joints() -> None:
    with pytest.raises(ConfigError, match='unknown joints c; known are a, b'):
        limits().subset(['c'])
