# SPDX-License-Identifier: Apache-2.0
"""From the motion in progress onto a new path, with continuous acceleration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.knots import Knots
from rho_core.motion.path import QuinticPath
from rho_core.motion.path import State
from rho_core.motion.path import Table
from rho_core.motion.quintic import QuinticCheck

_GROWTH = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class SplicedPath:
    """A bridge and then the path it leads to.

    Attributes:
        bridge: one segment from the commanded state to the path.
        tail: the path, entered at `bridge.end_s`.
    """

    bridge: QuinticPath
    tail: QuinticPath

    @property
    def end_s(self) -> float:
        """Time from which on it rests."""
        return max(self.bridge.end_s, self.tail.end_s)

    def sample(self, time_s: float) -> State:
        """Return positions, velocities and accelerations at a time; see `Path`."""
        if time_s < self.bridge.end_s:
            return self.bridge.sample(time_s)
        return self.tail.sample(time_s)

    def table(self, from_s: float, travel: float) -> Table:
        """Return rows of the curve from a time on; see `Path`."""
        join_s = self.bridge.end_s
        if from_s >= join_s:
            return self.tail.table(from_s, travel)
        head = self.bridge.table(from_s, travel)
        if join_s >= self.tail.end_s:
            return head
        tail = self.tail.table(join_s, travel)
        return tuple(
            np.concatenate((a[:-1], b)) for a, b in zip(head, tail, strict=True))


class Splicer:
    """Builds bridges as short as the limits allow."""

    def __init__(
        self, limits: JointLimits, *, shortest_s: float = 0.04, stretch_s: float = 0.5
    ) -> None:
        """Set the bounds of a bridge.

        Args:
            limits: velocity, acceleration, jerk and positions that a bridge keeps.
            shortest_s: a bridge takes at least this long.
            stretch_s: a bridge ends at most this long after it could have met the path.
        """
        self._check = QuinticCheck(limits)
        self._shortest_s = shortest_s
        self._stretch_s = stretch_s

    def splice(
        self,
        path: QuinticPath,
        *,
        time_s: float,
        positions: Sequence[float],
        velocities: Sequence[float],
        accelerations: Sequence[float],
    ) -> SplicedPath:
        """Lead from a state onto a path.

        Args:
            path: where to go, on its own time axis.
            time_s: time of the state on that axis, may lie before the path's start.
            positions: commanded positions at that time [rad, m].
            velocities: commanded velocities [rad/s, m/s].
            accelerations: commanded accelerations [rad/s^2, m/s^2].

        Raises:
            Refused: no bridge within the allowed time keeps the limits.
        """
        begin = np.array(positions), np.array(velocities), np.array(accelerations)
        span_s = max(self._shortest_s, path.start_s - time_s)
        longest_s = span_s + self._stretch_s
        while True:
            goal, rates, changes = path.sample(time_s + span_s)
            end = np.array(goal), np.array(rates), np.array(changes)
            problem = self._check.problem(span_s, begin, end)
            if not problem:
                break
            if span_s >= longest_s:
                raise Refused(
                    'first point: not reachable from the commanded state, a bridge of '
                    f'{span_s:.2f} s needs {problem}'
                )
            span_s = min(span_s * _GROWTH, longest_s)
        bridge = QuinticPath(Knots(
            times_s=np.array((time_s, time_s + span_s)),
            positions=np.stack((begin[0], end[0])),
            velocities=np.stack((begin[1], end[1])),
            accelerations=np.stack((begin[2], end[2])),
        ))
        return SplicedPath(bridge=bridge, tail=path)
