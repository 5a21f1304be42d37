# SPDX-License-Identifier: Apache-2.0
"""Judges commands after the fact: for tests, benchmarks and recordings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits

_SLACK = 1.0 + 1e-6
_SLACK_ABSOLUTE = 1e-6


def find_violations(
    commands: Sequence[Sequence[float]], limits: JointLimits, *, period_s: float
) -> list[str]:
    """Return what breaks a limit, empty when nothing does.

    Args:
        commands: consecutive commands of an arm that stood still before the first [rad, m].
        limits: of its joints.
        period_s: time between two commands.
    """
    if not commands:
        return []
    positions = np.asarray(commands, dtype=np.float64)
    if not np.isfinite(positions).all():
        return ['a command is not finite']
    velocities = np.diff(positions, axis=0) / period_s
    accelerations = np.diff(velocities, axis=0, prepend=0.0 * positions[:1]) / period_s
    jerks = np.diff(accelerations, axis=0, prepend=0.0 * positions[:1]) / period_s
    found = _outside('position', positions, limits.names, limits.lower, limits.upper)
    for what, values, allowed in (
        ('velocity', velocities, limits.velocity),
        ('acceleration', accelerations, limits.acceleration),
        ('jerk', jerks, limits.jerk),
    ):
        wide = allowed * _SLACK + _SLACK_ABSOLUTE
        found += _outside(what, values, limits.names, -wide, wide)
    return found


def _outside(
    what: str,
    values: NDArray[np.float64],
    names: Sequence[str],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> list[str]:
    bad = (values < lower) | (values > upper)
    return [
        f'{what} of {names[joint]} at cycle {cycle}: {values[cycle, joint]:.6g}, allowed '
        f'{lower[joint]:.6g} to {upper[joint]:.6g}'
        for cycle, joint in np.argwhere(bad)[:10]
    ]
