# SPDX-License-Identifier: Apache-2.0
"""What a trajectory must be before an arm follows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.knots import Knots
from rho_core.motion.quintic import coefficients
from rho_core.motion.quintic import derivatives
from rho_core.motion.trajectory import JointTrajectory

_NS_PER_S = 1e9
# Room for the rounding of times to nanoseconds and of positions on their way through float64.
_SLACK = 1.0 + 1e-6
_SLACK_POSITION = 1e-9
# Between points with velocities in their limits the curve may be faster by this factor: planners
# that change from full acceleration to full velocity in one point make it so.
_SLACK_CURVE = 1.05
_NODES = tuple(np.linspace(0.0, 1.0, 9)[1:-1].tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRules:
    """Bounds that do not depend on the joints.

    Attributes:
        max_age_s: how old the stamp may be.
        max_lead_s: how far the stamp may lie ahead.
        max_horizon_s: latest time of a point after the stamp.
        max_points: largest number of points.
    """

    max_age_s: float = 0.1
    max_lead_s: float = 0.25
    max_horizon_s: float = 30.0
    max_points: int = 1000

    def __post_init__(self) -> None:
        """Check the bounds.

        Raises:
            ConfigError: one is not positive.
        """
        for field in ('max_age_s', 'max_lead_s', 'max_horizon_s', 'max_points'):
            if not getattr(self, field) > 0:
                raise ConfigError(f'expected a positive number, got {getattr(self, field)}', field)


class Admission:
    """Judges trajectories of one arm. Each refusal says what was expected, got and allowed."""

    def __init__(self, limits: JointLimits, rules: AdmissionRules | None = None) -> None:
        """Set the limits and rules."""
        self._limits = limits
        self._rules = rules or AdmissionRules()

    def admit(
        self, trajectory: JointTrajectory, *, now_ns: int, newer_than_ns: int | None
    ) -> JointTrajectory:
        """Return the trajectory in the order of the arm's joints.

        Whether its first point can be reached is the splicer's to say: it knows the motion.

        Args:
            trajectory: what was received.
            now_ns: ROS time.
            newer_than_ns: stamp that it must exceed, None: any.

        Raises:
            Refused: it breaks a rule or a limit.
        """
        self._check_stamp(trajectory.start_ns, now_ns, newer_than_ns)
        self._check_size(trajectory)
        ordered = trajectory.reordered(self._limits.names)
        self._check_positions(ordered)
        self._check_motion(ordered)
        return ordered

    def _check_stamp(self, start_ns: int, now_ns: int, newer_than_ns: int | None) -> None:
        age_s = (now_ns - start_ns) / _NS_PER_S
        if age_s > self._rules.max_age_s:
            raise Refused(f'stamp: {age_s:.3f} s old, allowed {self._rules.max_age_s} s')
        if -age_s > self._rules.max_lead_s:
            raise Refused(f'stamp: {-age_s:.3f} s in the future, allowed '
                          f'{self._rules.max_lead_s} s: compare the clocks of the machines')
        if newer_than_ns is not None and start_ns <= newer_than_ns:
            raise Refused(f'stamp: {(newer_than_ns - start_ns) / _NS_PER_S:.3f} s before the '
                          'newest that counts, expected one after it')

    def _check_size(self, trajectory: JointTrajectory) -> None:
        rules = self._rules
        if trajectory.times_s.size > rules.max_points:
            raise Refused(f'points: {trajectory.times_s.size}, allowed {rules.max_points}')
        if trajectory.times_s[-1] > rules.max_horizon_s:
            raise Refused(f'time_from_start: last point after {trajectory.times_s[-1]:.3f} s, '
                          f'allowed {rules.max_horizon_s} s')

    def _check_positions(self, trajectory: JointTrajectory) -> None:
        limits = self._limits
        positions = trajectory.positions
        bad = (positions < limits.lower - _SLACK_POSITION) | (
            positions > limits.upper + _SLACK_POSITION)
        if bad.any():
            point, joint = _first(bad)
            raise Refused(
                f'positions: {positions[point, joint]:.4f} in {limits.names[joint]} at point '
                f'{point}, allowed {limits.lower[joint]:.4f} to {limits.upper[joint]:.4f}'
            )

    def _check_motion(self, trajectory: JointTrajectory) -> None:
        limits = self._limits
        times_s, positions = trajectory.times_s, trajectory.positions
        span_s = (times_s[1:] - times_s[:-1])[:, None]
        slope = (positions[1:] - positions[:-1]) / span_s
        self._check_below('velocity between points', slope, limits.velocity)
        middle_s = 0.5 * (span_s[1:] + span_s[:-1])
        self._check_below('acceleration between points', (slope[1:] - slope[:-1]) / middle_s,
                          limits.acceleration)
        velocities = trajectory.velocities
        if velocities is None:
            return
        self._check_below('velocities', velocities, limits.velocity)
        self._check_below('acceleration from the velocities',
                          (velocities[1:] - velocities[:-1]) / span_s, limits.acceleration)
        if trajectory.accelerations is not None:
            self._check_below('accelerations', trajectory.accelerations, limits.acceleration)
        if times_s.size > 1:
            self._check_below('velocity of the curve', _curve_velocities(trajectory),
                              limits.velocity * _SLACK_CURVE)
        if (np.abs(velocities[-1]) > 1e-3 * limits.velocity).any():
            joint = int(np.argmax(np.abs(velocities[-1]) / limits.velocity))
            raise Refused(
                f'velocities: {velocities[-1, joint]:.4f} in {limits.names[joint]} at the last '
                'point, allowed 0: the motion must end by itself'
            )

    def _check_below(
        self, what: str, values: NDArray[np.float64], allowed: NDArray[np.float64]
    ) -> None:
        bad = np.abs(values) > allowed * _SLACK
        if bad.any():
            point, joint = _first(bad)
            raise Refused(
                f'{what}: {abs(values[point, joint]):.4g} in {self._limits.names[joint]} after '
                f'point {point}, allowed {allowed[joint]:.4g}'
            )


def _curve_velocities(trajectory: JointTrajectory) -> NDArray[np.float64]:
    """Return the largest speed within each segment of the path, at nine nodes of it."""
    knots = Knots.from_trajectory(trajectory)
    span_s = knots.times_s[1:] - knots.times_s[:-1]
    states = (knots.positions, knots.velocities, knots.accelerations)
    rows = coefficients(span_s, tuple(s[:-1] for s in states), tuple(s[1:] for s in states))
    speeds = [np.abs(derivatives(rows, span_s * share)[1]) for share in _NODES]
    peaks: NDArray[np.float64] = np.max(speeds, axis=0)
    return peaks


def _first(bad: NDArray[np.bool_]) -> tuple[int, int]:
    point, joint = np.unravel_index(int(np.argmax(bad)), bad.shape)
    return int(point), int(joint)
