# SPDX-License-Identifier: Apache-2.0
"""Points of a curve with continuous acceleration, made from what a trajectory says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.motion.trajectory import JointTrajectory

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Knots:
    """States at increasing times.

    Attributes:
        times_s: strictly increasing, shape (N,).
        positions: shape (N, J) [rad, m].
        velocities: shape (N, J) [rad/s, m/s].
        accelerations: shape (N, J) [rad/s^2, m/s^2].
    """

    times_s: Array
    positions: Array
    velocities: Array
    accelerations: Array

    @classmethod
    def from_trajectory(cls, trajectory: JointTrajectory) -> Knots:
        """Fill in the velocities and accelerations that a trajectory leaves open.

        - Positions only: those of the parabola through a point and its neighbours, so the
          curve is exact for a constant acceleration. It rests at the last point, for which the
          last interval takes twice its time: leaving the velocity of a motion for zero within
          the distance of that interval takes that long.
        - Positions and velocities: the mean of the accelerations that the cubic segments before
          and after a point have there. A first point at which the joint stands has none.
        - Accelerations too: they are kept. At the last point, where it rests, there is none.
        """
        if trajectory.velocities is None:
            return _through_parabolas(trajectory.times_s, trajectory.positions)
        if trajectory.accelerations is None:
            accelerations = _between_cubics(
                trajectory.times_s, trajectory.positions, trajectory.velocities)
        else:
            accelerations = trajectory.accelerations.copy()
            accelerations[-1] = 0.0
        return cls(times_s=trajectory.times_s, positions=trajectory.positions,
                   velocities=trajectory.velocities, accelerations=accelerations)


def _through_parabolas(times_s: Array, positions: Array) -> Knots:
    velocities = np.zeros_like(positions)
    accelerations = np.zeros_like(positions)
    if times_s.size > 1:
        span_s = (times_s[1:] - times_s[:-1])[:, None]
        slope = (positions[1:] - positions[:-1]) / span_s
        both_s = span_s[1:] + span_s[:-1]
        velocities[0] = slope[0]
        velocities[1:-1] = (slope[:-1] * span_s[1:] + slope[1:] * span_s[:-1]) / both_s
        accelerations[1:-1] = 2.0 * (slope[1:] - slope[:-1]) / both_s
        if times_s.size > 2:
            accelerations[0] = accelerations[1]
            velocities[0] -= 0.5 * span_s[0] * accelerations[0]
        times_s = times_s.copy()
        times_s[-1] += times_s[-1] - times_s[-2]
    return Knots(times_s=times_s, positions=positions, velocities=velocities,
                 accelerations=accelerations)


def _between_cubics(times_s: Array, positions: Array, velocities: Array) -> Array:
    accelerations = np.zeros_like(positions)
    if times_s.size < 2:
        return accelerations
    span_s = (times_s[1:] - times_s[:-1])[:, None]
    slope = (positions[1:] - positions[:-1]) / span_s
    begin, end = velocities[:-1], velocities[1:]
    after = (6.0 * slope - 4.0 * begin - 2.0 * end) / span_s
    before = (2.0 * begin + 4.0 * end - 6.0 * slope) / span_s
    accelerations[1:-1] = 0.5 * (before[:-1] + after[1:])
    accelerations[0] = np.where(velocities[0] == 0.0, 0.0, after[0])
    return accelerations
