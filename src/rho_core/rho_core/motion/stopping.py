# SPDX-License-Identifier: Apache-2.0
"""How long a stop along a path takes, so that it keeps the limits of the joints."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from rho_core.contract.limits import JointLimits
from rho_core.motion.path import Table
from rho_core.motion.time_scaling import PEAK_CHANGE
from rho_core.motion.time_scaling import PEAK_RATE

# Phases of a stop at which it is judged, as the scale s and, in units of the stop time T, the
# size of its first derivative: between the begin and the end of the three thirds of the profile.
_SCALES = np.array([0.9375, 0.75, 0.5, 0.25])
_RATES = np.array([0.5, 1.0, 1.0, 1.0]) * PEAK_RATE
_SHORTEST_S = 0.02
# On a path that takes all of the acceleration or jerk itself nothing is left to stop with. It
# gets this share nevertheless; the limiter then leaves the path rather than a limit.
_LEAST_ACCELERATION = 0.3
_LEAST_JERK = 0.5
# A path that brakes needs this much longer to stop than a straight one, at most.
_LONGEST = 1.5


class StopTimes:
    """Stop times along one path."""

    __slots__ = ('_needs_s', '_times_s')

    def __init__(self, times_s: list[float], needs_s: list[float]) -> None:
        """Take the stop time that each row of the path needs, with the rows' times."""
        self._times_s = times_s
        self._needs_s = needs_s

    def at(self, time_s: float, ahead_s: float = 0.0) -> float:
        """Return the time of a stop that begins at a time of the path, or up to a while after.

        A stop in the time T goes through T / 2 of the path: only what lies there counts.
        """
        first = max(bisect_right(self._times_s, time_s) - 1, 0)
        longest_s = self._needs_s[first]
        for row in range(first + 1, len(self._times_s)):
            # The first row beyond counts too: a stop may come close to it.
            longest_s = max(longest_s, self._needs_s[row])
            if self._times_s[row] > time_s + ahead_s + 0.5 * longest_s:
                break
        return longest_s


class StopRule:
    """Finds the shortest stop times that keep the limits.

    With the scale s of the path's time a joint has the velocity s q', the acceleration
    s^2 q'' + s' q' and the jerk s^3 q''' + 3 s s' q'' + s'' q', where q', q'', q''' belong to the
    path and s', s'' fall with the stop time T as 1 / T and 1 / T^2. (Bobrow et al., Time-optimal
    control of robotic manipulators along specified paths, 1985.)
    """

    def __init__(self, limits: JointLimits) -> None:
        """Set the limits of the joints."""
        self._limits = limits
        velocity, acceleration, jerk = limits.velocity, limits.acceleration, limits.jerk
        straight_s = np.maximum(PEAK_RATE * velocity / acceleration,
                                np.sqrt(PEAK_CHANGE * velocity / jerk))
        self.longest_s = _LONGEST * float(straight_s.max())

    def along(self, table: Table) -> StopTimes:
        """Return the stop times of a path, from its rows of `Path.table`."""
        times_s, _, velocities, accelerations, jerks = table
        limits = self._limits
        speed = np.abs(velocities)
        # What counts is the acceleration against the motion: to it that of the stop is added.
        against = np.maximum(-accelerations * np.sign(velocities), 0.0)[..., None]
        strongest = limits.acceleration[None, :, None]
        left = np.maximum(strongest - against * _SCALES**2, _LEAST_ACCELERATION * strongest)
        needs_s = (speed[..., None] * _RATES / left).max(axis=(1, 2))
        # J >= |q'''| + 3 s |s'| |q''| + |s''| |q'| is a square equation in 1 / T. The product
        # s |s'| is largest at the end of the first third, where s is 3/4.
        hardest = limits.jerk[None, :]
        spare = np.maximum(hardest - np.abs(jerks), _LEAST_JERK * hardest)
        linear = 3.0 * 0.75 * PEAK_RATE * np.abs(accelerations)
        root = np.sqrt(linear * linear + 4.0 * PEAK_CHANGE * speed * spare)
        needs_s = np.maximum(needs_s, ((linear + root) / (2.0 * spare)).max(axis=1))
        return StopTimes(times_s.tolist(),
                         np.clip(needs_s, _SHORTEST_S, self.longest_s).tolist())
