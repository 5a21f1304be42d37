# SPDX-License-Identifier: Apache-2.0
"""What every chunk passes before it is published: refused out of limits, slowed if too fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.errors import ConfigError
from rho_core.errors import Refused

_TOLERANCE = 0.05  # [rad or m]
_TOLERANCE_SHARE = 0.1  # of a joint's range


class ChunkLimiter:
    """Keeps chunks within position limits and rows within reach of each other.

    A target beyond a position limit by more than the tolerance (0.05 rad or m, at most a tenth of
    the joint's range) refuses the chunk; within the tolerance it becomes the limit. A row that
    is further from the one before than the joint can travel in a step is drawn in along that
    joint; `saturated` counts such chunks.
    """

    def __init__(
        self, names: Sequence[str], *, lower: ArrayLike, upper: ArrayLike, velocity: ArrayLike
    ) -> None:
        """Create a limiter.

        Args:
            names: Joints, in the order of the arrays.
            lower: Smallest positions, shape (J,) [rad or m].
            upper: Largest positions, shape (J,) [rad or m].
            velocity: Largest speeds, shape (J,) [rad/s or m/s].

        Raises:
            ConfigError: If an array has another size or the limits are impossible.
        """
        self.names = tuple(names)
        self.lower = _limits('lower', lower, len(self.names))
        self.upper = _limits('upper', upper, len(self.names))
        self.velocity = _limits('velocity', velocity, len(self.names))
        for name, low, high, speed in zip(
            self.names, self.lower, self.upper, self.velocity, strict=True
        ):
            if not (low < high and speed > 0):
                raise ConfigError(
                    f'{name}: expected lower < upper and velocity > 0, got {low}, {high}, {speed}'
                )
        self._tolerance = np.minimum(_TOLERANCE, _TOLERANCE_SHARE * (self.upper - self.lower))
        self._saturated = 0

    @property
    def saturated(self) -> int:
        """How many chunks had a row drawn in so far."""
        return self._saturated

    def apply(self, chunk: ActionChunk, start: NDArray[np.float64]) -> ActionChunk:
        """Returns the chunk in the order of `names`, within all limits.

        Args:
            chunk: What the policy wants.
            start: Positions one step before row 0, shape (J,), in the order of `names` [rad or m].

        Raises:
            Refused: If a joint is missing or a target lies beyond its limit.
        """
        chunk = chunk.select(self.names)
        excess = np.maximum(self.lower - chunk.positions, chunk.positions - self.upper)
        beyond = np.argwhere(excess > self._tolerance)
        if len(beyond):
            row, joint = beyond[0]
            raise Refused(
                f'chunk: {self.names[joint]} is {chunk.positions[row, joint]:.4f} in row {row}, '
                f'allowed {self.lower[joint]:.4f} to {self.upper[joint]:.4f}'
            )
        rows = np.clip(chunk.positions, self.lower, self.upper)
        reach = self.velocity * chunk.dt_s
        steps = np.diff(rows, axis=0, prepend=start[None])
        if (np.abs(steps) > reach * (1 + 1e-9)).any():
            self._saturated += 1
            previous = start
            for row in rows:
                row[:] = previous + np.clip(row - previous, -reach, reach)
                previous = row
        return replace(chunk, positions=rows)


def _limits(name: str, values: ArrayLike, count: int) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    if array.shape != (count,) or not np.isfinite(array).all():
        raise ConfigError(
            f'expected {count} finite values, one per joint, got {array.tolist()}', name
        )
    array.flags.writeable = False
    return array
