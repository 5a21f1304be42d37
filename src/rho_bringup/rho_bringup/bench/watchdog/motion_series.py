# SPDX-License-Identifier: Apache-2.0
"""The commands of one arm as they were sent, and how they move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError

STALL_NS = 100_000_000
"""After a longer pause the arm stands at its last command: a controller goes on from rest."""

# Third differences of positions near 6 rad carry rounding of some 1e-15 / (0.002 s)^3.
_SLACK = 1.0 + 1e-6
_SLACK_OF_ORDER = (1e-9, 1e-6, 1e-4, 1e-2)
_ORDERS = ('position', 'velocity', 'acceleration', 'jerk')


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionSeries:
    """Consecutive commands of one arm.

    Attributes:
        times_ns: When each was sent [ns], shape (N,), rising.
        numbers: What the writer numbered them, shape (N,); a gap means that one was not heard,
            a fall that the writer was started again.
        positions: Commanded positions, shape (N, J) [rad, m].
        period_s: Nominal time between two commands.
    """

    times_ns: NDArray[np.int64]
    numbers: NDArray[np.int64]
    positions: NDArray[np.float64]
    period_s: float

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises:
            ConfigError: They do not agree, or the period is not positive.
        """
        count = len(self.times_ns)
        if self.positions.ndim != 2 or not count == len(self.numbers) == len(self.positions):
            raise ConfigError(
                f'expected N times, N numbers and positions (N, J), got {count}, '
                f'{len(self.numbers)} and {self.positions.shape}')
        if not self.period_s > 0:
            raise ConfigError(f'expected > 0, got {self.period_s}', 'period_s')

    def __len__(self) -> int:
        """Return the number of commands."""
        return len(self.times_ns)

    def between(self, begin_ns: int, end_ns: int) -> MotionSeries:
        """Return the commands of a time, both ends included."""
        first = int(np.searchsorted(self.times_ns, begin_ns, side='left'))
        last = int(np.searchsorted(self.times_ns, end_ns, side='right'))
        return MotionSeries(times_ns=self.times_ns[first:last], numbers=self.numbers[first:last],
                            positions=self.positions[first:last], period_s=self.period_s)

    def speeds(self) -> NDArray[np.float64]:
        """Return the size of each command's step over the period, shape (N,), 0 for the first.

        The unit mixes [rad/s] and [m/s]: good for comparing steps, not for limits.
        """
        if not len(self):
            return np.zeros(0)
        steps = np.diff(self.positions, axis=0, prepend=self.positions[:1])
        return np.asarray(np.linalg.norm(steps, axis=1) / self.period_s)

    def derivatives(self) -> tuple[NDArray[np.float64], ...]:
        """Return velocities, accelerations and jerks, each (N, J), NaN where they are unknown.

        Command k has the velocity with which it was reached from command k - 1. They are unknown
        at the beginning and after commands that were not heard or another writer's; after a stall
        the arm was at rest.
        """
        values = []
        current = self.positions
        known, rested = self._joints_of_history()
        for order in range(1, 4):
            change = np.full_like(self.positions, np.nan)
            if len(self) > 1:
                before = current[:-1].copy()
                if order > 1:
                    before[rested[1:]] = 0.0
                change[1:] = (current[1:] - before) / self.period_s
            change[~known] = np.nan
            values.append(change)
            current = change
        return tuple(values)

    def find_violations(self, limits: JointLimits) -> list[str]:
        """Return what breaks a limit or is not finite, one line per command and order."""
        found = [f'command {index} is not finite'
                 for index in np.flatnonzero(~np.isfinite(self.positions).all(axis=1))]
        bounds = (
            (limits.lower, limits.upper),
            *((-allowed, allowed) for allowed in
              (limits.velocity, limits.acceleration, limits.jerk)),
        )
        everything = (self.positions, *self.derivatives())
        for order, (values, (lower, upper)) in enumerate(zip(everything, bounds, strict=True)):
            slack = _SLACK_OF_ORDER[order]
            room = (_SLACK - 1.0) * np.maximum(np.abs(lower), np.abs(upper)) + slack
            with np.errstate(invalid='ignore'):
                bad = (values < lower - room) | (values > upper + room)
            for index in np.flatnonzero(bad.any(axis=1)):
                joint = int(np.argmax(bad[index]))
                found.append(
                    f'{_ORDERS[order]} of {limits.names[joint]} in command {index}: '
                    f'{values[index, joint]:.6g}, allowed {lower[joint]:.6g} to '
                    f'{upper[joint]:.6g}')
        return found

    def _joints_of_history(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which commands follow one that is known, and which follow a stall."""
        known = np.zeros(len(self), dtype=bool)
        rested = np.zeros(len(self), dtype=bool)
        if len(self) > 1:
            known[1:] = np.diff(self.numbers) == 1
            rested[1:] = known[1:] & (np.diff(self.times_ns) > STALL_NS)
        return known, rested
