# SPDX-License-Identifier: Apache-2.0
"""Curves that an arm follows: position and velocity at any time."""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rho_core.motion.trajectory import JointTrajectory


class Path(Protocol):
    """A curve over time that ends at rest."""

    @property
    def end_s(self) -> float:
        """Time from which on it rests."""
        ...

    def sample(self, time_s: float) -> tuple[list[float], list[float]]:
        """Return positions and velocities at a time, one per joint."""
        ...


class CubicPath:
    """Cubic Hermite segments between points.

    It rests before the first and after the last point.
    """

    __slots__ = ('_first', '_last', '_rest', '_segments', '_times_s')

    def __init__(
        self,
        times_s: NDArray[np.float64],
        positions: NDArray[np.float64],
        velocities: NDArray[np.float64],
    ) -> None:
        """Compute the coefficients.

        Args:
            times_s: strictly increasing, shape (N,).
            positions: shape (N, J) [rad, m].
            velocities: shape (N, J) [rad/s, m/s].
        """
        span_s = (times_s[1:] - times_s[:-1])[:, None]
        slope = (positions[1:] - positions[:-1]) / span_s
        begin, end = velocities[:-1], velocities[1:]
        square = (3.0 * slope - 2.0 * begin - end) / span_s
        cube = (begin + end - 2.0 * slope) / (span_s * span_s)
        coefficients = np.empty((*slope.shape, 4))
        coefficients[..., 0] = positions[:-1]
        coefficients[..., 1] = begin
        coefficients[..., 2] = square
        coefficients[..., 3] = cube
        self._segments: list[list[list[float]]] = coefficients.tolist()
        self._times_s: list[float] = times_s.tolist()
        self._first: list[float] = positions[0].tolist()
        self._last: list[float] = positions[-1].tolist()
        self._rest = [0.0] * len(self._last)

    @classmethod
    def from_trajectory(cls, trajectory: JointTrajectory) -> CubicPath:
        """Make the path of a trajectory.

        Velocities that are not given become central differences, the last one zero. The last
        interval then takes twice its time: arriving with the velocity of a motion and leaving it
        for zero within the same distance is a constant deceleration in exactly that time.
        """
        if trajectory.velocities is not None:
            return cls(trajectory.times_s, trajectory.positions, trajectory.velocities)
        times_s = trajectory.times_s
        velocities = np.zeros_like(trajectory.positions)
        if times_s.size > 1:
            positions = trajectory.positions
            velocities[0] = (positions[1] - positions[0]) / (times_s[1] - times_s[0])
            velocities[1:-1] = (positions[2:] - positions[:-2]) / (
                times_s[2:] - times_s[:-2])[:, None]
            times_s = times_s.copy()
            times_s[-1] += times_s[-1] - times_s[-2]
        return cls(times_s, trajectory.positions, velocities)

    @property
    def start_s(self) -> float:
        """Time of the first point."""
        return self._times_s[0]

    @property
    def end_s(self) -> float:
        """Time of the last point."""
        return self._times_s[-1]

    def sample(self, time_s: float) -> tuple[list[float], list[float]]:
        """Return positions [rad, m] and velocities [rad/s, m/s] at a time."""
        if time_s >= self._times_s[-1]:
            return self._last, self._rest
        index = bisect_right(self._times_s, time_s) - 1
        if index < 0:
            return self._first, self._rest
        x = time_s - self._times_s[index]
        positions = []
        velocities = []
        for a, b, c, d in self._segments[index]:
            positions.append(a + x * (b + x * (c + x * d)))
            velocities.append(b + x * (2.0 * c + 3.0 * x * d))
        return positions, velocities
