# SPDX-License-Identifier: Apache-2.0
"""Curves that an arm follows: position, velocity and acceleration at any time."""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rho_core.motion.knots import Knots
from rho_core.motion.quintic import coefficients
from rho_core.motion.quintic import derivatives
from rho_core.motion.trajectory import JointTrajectory

State = tuple[list[float], list[float], list[float]]
Table = tuple[NDArray[np.float64], ...]

_LEAST_PIECES = 3
_MOST_PIECES = 64


class Path(Protocol):
    """A curve over time that ends at rest."""

    @property
    def end_s(self) -> float:
        """Time from which on it rests."""
        ...

    def sample(self, time_s: float) -> State:
        """Return positions, velocities and accelerations at a time, one per joint."""
        ...

    def table(self, from_s: float, travel: float) -> Table:
        """Return times (N,), and positions, velocities, accelerations and jerks, each (N, J).

        Args:
            from_s: time of the first row; the last row is the end.
            travel: about how far a joint moves between two rows [rad, m].
        """
        ...


class QuinticPath:
    """Segments of fifth degree between points, with continuous acceleration.

    It rests before the first and after the last point.
    """

    __slots__ = ('_coefficients', '_first', '_last', '_positions', '_rest', '_segments',
                 '_times_s')

    def __init__(self, knots: Knots) -> None:
        """Compute the coefficients."""
        times_s = knots.times_s
        before = (knots.positions[:-1], knots.velocities[:-1], knots.accelerations[:-1])
        after = (knots.positions[1:], knots.velocities[1:], knots.accelerations[1:])
        self._coefficients = coefficients(times_s[1:] - times_s[:-1], before, after)
        self._positions = knots.positions
        self._segments: list[list[list[float]]] = self._coefficients.tolist()
        self._times_s: list[float] = times_s.tolist()
        self._first: list[float] = knots.positions[0].tolist()
        self._last: list[float] = knots.positions[-1].tolist()
        self._rest = [0.0] * len(self._last)

    @classmethod
    def from_trajectory(cls, trajectory: JointTrajectory) -> QuinticPath:
        """Make the path of a trajectory, with what it leaves open filled in."""
        return cls(Knots.from_trajectory(trajectory))

    @property
    def start_s(self) -> float:
        """Time of the first point."""
        return self._times_s[0]

    @property
    def end_s(self) -> float:
        """Time of the last point."""
        return self._times_s[-1]

    def sample(self, time_s: float) -> State:
        """Return positions [rad], velocities [rad/s] and accelerations [rad/s^2] at a time."""
        if time_s >= self._times_s[-1]:
            return self._last, self._rest, self._rest
        index = bisect_right(self._times_s, time_s) - 1
        if index < 0:
            return self._first, self._rest, self._rest
        x = time_s - self._times_s[index]
        positions = []
        velocities = []
        accelerations = []
        for a, b, c, d, e, f in self._segments[index]:
            positions.append(a + x * (b + x * (c + x * (d + x * (e + x * f)))))
            velocities.append(b + x * (2.0 * c + x * (3.0 * d + x * (4.0 * e + x * 5.0 * f))))
            accelerations.append(2.0 * c + x * (6.0 * d + x * (12.0 * e + x * 20.0 * f)))
        return positions, velocities, accelerations

    def table(self, from_s: float, travel: float) -> Table:
        """Return rows of the curve from a time on; see `Path`."""
        times_s = np.array(self._times_s)
        first = max(bisect_right(self._times_s, from_s) - 1, 0)
        if first >= len(self._segments):
            rest = np.zeros((1, len(self._last)))
            return np.array([from_s]), np.array([self._last]), rest, rest, rest
        begin = np.maximum(times_s[first:-1], from_s)
        span_s = times_s[first + 1:] - begin
        moved = np.abs(np.diff(self._positions[first:], axis=0)).max(axis=1)
        pieces = np.clip(np.ceil(moved / travel), _LEAST_PIECES, _MOST_PIECES).astype(int)
        index = np.repeat(np.arange(pieces.size), pieces)
        nth = np.arange(index.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        when = begin[index] + nth * (span_s / pieces)[index]
        # The last row is the end of the last segment.
        index = np.append(index, pieces.size - 1)
        when = np.append(when, times_s[-1])
        local_s = when - times_s[first:-1][index]
        return (when, *derivatives(self._coefficients[first:][index], local_s))
