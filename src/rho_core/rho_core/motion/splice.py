# SPDX-License-Identifier: Apache-2.0
"""From the motion in progress onto a new path, without a jump in position or velocity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.path import CubicPath

_GROWTH = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class SplicedPath:
    """A bridge and then the path it leads to.

    Attributes:
        bridge: one segment from the commanded state to the path.
        tail: the path, entered at `bridge.end_s`.
    """

    bridge: CubicPath
    tail: CubicPath

    @property
    def end_s(self) -> float:
        """Time from which on it rests."""
        return max(self.bridge.end_s, self.tail.end_s)

    def sample(self, time_s: float) -> tuple[list[float], list[float]]:
        """Return positions [rad, m] and velocities [rad/s, m/s] at a time."""
        if time_s < self.bridge.end_s:
            return self.bridge.sample(time_s)
        return self.tail.sample(time_s)


class Splicer:
    """Builds bridges as short as the limits allow."""

    def __init__(
        self, limits: JointLimits, *, shortest_s: float = 0.04, stretch_s: float = 0.5
    ) -> None:
        """Set the bounds of a bridge.

        Args:
            limits: velocity and acceleration that a bridge keeps.
            shortest_s: a bridge takes at least this long.
            stretch_s: a bridge ends at most this long after it could have met the path.
        """
        self._limits = limits
        self._joints = tuple(zip(limits.velocity.tolist(), limits.acceleration.tolist(),
                                 strict=True))
        self._shortest_s = shortest_s
        self._stretch_s = stretch_s

    def splice(
        self,
        path: CubicPath,
        *,
        time_s: float,
        positions: Sequence[float],
        velocities: Sequence[float],
    ) -> SplicedPath:
        """Lead from a state onto a path.

        Args:
            path: where to go, on its own time axis.
            time_s: time of the state on that axis, may lie before the path's start.
            positions: commanded positions at that time [rad, m].
            velocities: commanded velocities [rad/s, m/s].

        Raises:
            Refused: no bridge within the allowed time keeps the limits.
        """
        span_s = max(self._shortest_s, path.start_s - time_s)
        longest_s = span_s + self._stretch_s
        while True:
            goal, rates = path.sample(time_s + span_s)
            worst = self._worst_share(span_s, positions, velocities, goal, rates)
            if worst is None:
                break
            if span_s >= longest_s:
                joint, text = worst
                raise Refused(
                    f'first point: not reachable from the commanded state, a bridge of '
                    f'{span_s:.2f} s from {positions[joint]:.4f} to {goal[joint]:.4f} in '
                    f'{self._limits.names[joint]} needs {text}'
                )
            span_s = min(span_s * _GROWTH, longest_s)
        bridge = CubicPath(
            np.array((time_s, time_s + span_s)),
            np.array((positions, goal)),
            np.array((velocities, rates)),
        )
        return SplicedPath(bridge=bridge, tail=path)

    def _worst_share(
        self,
        span_s: float,
        positions: Sequence[float],
        velocities: Sequence[float],
        goal: Sequence[float],
        rates: Sequence[float],
    ) -> tuple[int, str] | None:
        """Return a joint whose cubic leaves the limits, and how; None when all keep them."""
        for i, (fastest, strongest) in enumerate(self._joints):
            begin, end = velocities[i], rates[i]
            slope = 6.0 * (goal[i] - positions[i]) / span_s
            first = (slope - 4.0 * begin - 2.0 * end) / span_s
            last = (2.0 * begin + 4.0 * end - slope) / span_s
            peak = max(abs(first), abs(last))
            if peak > strongest:
                return i, f'an acceleration of {peak:.3g}, allowed {strongest:.3g}'
            if first * last < 0.0:
                speed = abs(begin - 0.5 * span_s * first * first / (last - first))
                if speed > fastest:
                    return i, f'a velocity of {speed:.3g}, allowed {fastest:.3g}'
        return None
