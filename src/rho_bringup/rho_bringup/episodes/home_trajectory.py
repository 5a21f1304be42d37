# SPDX-License-Identifier: Apache-2.0
"""A slow, smooth motion from where an arm is commanded to where it starts episodes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rho_core.errors import ConfigError

Array = npt.NDArray[np.float64]

_PEAK_VELOCITY = 15.0 / 8.0
_PEAK_ACCELERATION = 10.0 / np.sqrt(3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knots:
    """Points of a trajectory: times (N,) [s], positions (N, J) and velocities (N, J)."""

    times_s: Array
    positions: Array
    velocities: Array


def home_trajectory(
    start: npt.ArrayLike,
    home: npt.ArrayLike,
    *,
    velocity_limits: npt.ArrayLike,
    acceleration_limits: npt.ArrayLike,
    speed_fraction: float = 0.25,
    knot_s: float = 0.1,
) -> Knots:
    """Return a motion at rest at both ends, all joints on one quintic time law.

    s(u) = 10 u^3 - 15 u^4 + 6 u^5 has peak speed 15/8 and peak acceleration 10/sqrt(3), so the
    duration T follows from the slowest joint: 15/8 d/T <= f v and 10/sqrt(3) d/T^2 <= f a.

    Args:
        start: Commanded positions now, shape (J,).
        home: Positions to reach, shape (J,).
        velocity_limits: Positive limits, shape (J,) [rad/s, m/s].
        acceleration_limits: Positive limits, shape (J,) [rad/s^2, m/s^2].
        speed_fraction: Largest used part of each limit, in (0, 1].
        knot_s: Time between points.

    Raises:
        ConfigError: Shapes differ, a value is not finite, a limit is not positive.
    """
    begin, end, speed, acceleration = (
        np.asarray(value, dtype=np.float64)
        for value in (start, home, velocity_limits, acceleration_limits)
    )
    if not begin.shape == end.shape == speed.shape == acceleration.shape or begin.ndim != 1:
        raise ConfigError(f'home trajectory: shapes {begin.shape}, {end.shape}, {speed.shape}, '
                          f'{acceleration.shape}, expected four times (J,)')
    if not np.isfinite([begin, end, speed, acceleration]).all():
        raise ConfigError('home trajectory: positions and limits must be finite')
    if (speed <= 0).any() or (acceleration <= 0).any() or not 0 < speed_fraction <= 1:
        raise ConfigError('home trajectory: limits must be positive, the fraction in (0, 1]')
    distance = np.abs(end - begin)
    needed_s = max(
        float(np.max(_PEAK_VELOCITY * distance / (speed_fraction * speed), initial=0.0)),
        float(np.sqrt(np.max(_PEAK_ACCELERATION * distance / (speed_fraction * acceleration),
                             initial=0.0))),
    )
    intervals = max(2, int(np.ceil(needed_s / knot_s)))
    duration_s = intervals * knot_s
    u = np.arange(intervals + 1)[:, None] / intervals
    share = u**3 * (10 - 15 * u + 6 * u**2)
    rate = 30 * u**2 * (1 - u) ** 2 / duration_s
    positions = begin + share * (end - begin)
    positions[-1] = end
    return Knots(
        times_s=np.arange(intervals + 1, dtype=np.float64) * knot_s,
        positions=positions,
        velocities=rate * (end - begin),
    )


def is_at(positions: npt.ArrayLike, target: npt.ArrayLike, tolerance: float) -> bool:
    """Return whether each joint is within the tolerance [rad, m] of its target."""
    return bool(np.all(np.abs(np.subtract(positions, target)) <= tolerance))
