# SPDX-License-Identifier: Apache-2.0
"""A slow, smooth motion from where an arm is commanded to where it shall rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.motion.trajectory import JointTrajectory

_PEAK_VELOCITY = 15.0 / 8.0
_PEAK_ACCELERATION = 10.0 / np.sqrt(3.0)
_PEAK_JERK = 60.0


def point_to_point(
    start: ArrayLike,
    goal: ArrayLike,
    limits: JointLimits,
    *,
    start_ns: int = 0,
    speed_fraction: float = 0.25,
    knot_s: float = 0.1,
) -> JointTrajectory:
    """Return a motion at rest at both ends, all joints on one quintic time law.

    s(u) = 10 u^3 - 15 u^4 + 6 u^5 has peak speed 15/8, peak acceleration 10/sqrt(3) and peak jerk
    60, so the duration T follows from the slowest joint: 15/8 d/T <= f v, 10/sqrt(3) d/T^2 <= f a
    and 60 d/T^3 <= f j.

    Args:
        start: commanded positions now, shape (J,) [rad, m].
        goal: positions to reach, shape (J,) [rad, m].
        limits: of the joints.
        start_ns: stamp [ns, ROS time].
        speed_fraction: largest used part f of each limit, in (0, 1].
        knot_s: time between points [s].

    Raises:
        ConfigError: a shape is wrong, a value not finite or the fraction out of range.
    """
    shape = (len(limits.names),)
    begin, end = (np.asarray(values, dtype=np.float64) for values in (start, goal))
    if begin.shape != shape or end.shape != shape:
        raise ConfigError(f'motion to a point: expected shape {shape}, got {begin.shape} and '
                          f'{end.shape}')
    if not np.isfinite([begin, end]).all():
        raise ConfigError(f'motion to a point: expected finite positions, got {begin} and {end}')
    if not 0.0 < speed_fraction <= 1.0:
        raise ConfigError(f'expected a fraction in (0, 1], got {speed_fraction}',
                          'speed_fraction')
    distance = np.abs(end - begin) / speed_fraction
    needed_s = max(
        float((_PEAK_VELOCITY * distance / limits.velocity).max()),
        float(np.sqrt(_PEAK_ACCELERATION * distance / limits.acceleration).max()),
        float(np.cbrt(_PEAK_JERK * distance / limits.jerk).max()),
    )
    intervals = max(2, int(np.ceil(needed_s / knot_s)))
    duration_s = intervals * knot_s
    u = np.arange(intervals + 1)[:, None] / intervals
    way = end - begin
    positions = begin + u**3 * (10 - 15 * u + 6 * u**2) * way
    positions[-1] = end
    return JointTrajectory(
        start_ns=start_ns,
        times_s=np.arange(intervals + 1, dtype=np.float64) * knot_s,
        joint_names=limits.names,
        positions=positions,
        velocities=30 * u**2 * (1 - u) ** 2 / duration_s * way,
        accelerations=60 * u * (1 - u) * (1 - 2 * u) / duration_s**2 * way,
    )


def is_at(positions: ArrayLike, target: ArrayLike, tolerance: float) -> bool:
    """Return whether each joint is within the tolerance [rad, m] of its target."""
    return bool(np.all(np.abs(np.subtract(positions, target)) <= tolerance))
