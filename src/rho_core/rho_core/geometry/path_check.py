# SPDX-License-Identifier: Apache-2.0
"""Judges the path of one arm against the arm itself and what stands around it."""

from __future__ import annotations

import math
from collections.abc import Generator
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.pair_margins import link_tree
from rho_core.geometry.pair_margins import self_pairs
from rho_core.geometry.surrounding_margins import SurroundingMargins

Array = NDArray[np.float64]

# A path may lead out of a place that is too close, and rounding is no approach [m].
_SLACK_M = 1e-6
_SLACK_SPEED = 1.0 + 1e-6
# Rows looked at first; where all rows are too few, the arm is looked at in steps of this length.
_FEW = 5
_STEP_M = 0.002
_MOST_STEPS = 512
# Rows looked at together: bounds the memory of a check, not what is checked.
_ROWS = 256


class GeometryPathCheck:
    """A `rho_core.motion.path_check.PathCheck` of one arm.

    What stands still is known in advance, so a path is judged once, as a whole: distances of the
    arm to itself, to half spaces and keep-out boxes, tip in the workspace, speed of every point
    of the arm. The other arm is not known in advance; that is the guard's task.

    Between two rows no point moves further than L, the sum of the largest displacements of the
    capsules' ends and the tip from row to row, so a margin there is at least (m_k + m_l - L) / 2.
    A few rows are often enough; where they are not, the check looks at all rows, and then in steps
    of 2 mm in between, on straight lines in joint space.
    """

    def __init__(self, cell: CellGeometry, arm: str, *, speed_limit_m_s: float) -> None:
        """Prepare the check.

        Args:
            cell: geometry of the cell.
            arm: name of the arm.
            speed_limit_m_s: of every point of the arm.

        Raises:
            ConfigError: the arm is unknown or the limit not positive.
        """
        if not speed_limit_m_s > 0.0:
            raise ConfigError(f'expected > 0, got {speed_limit_m_s}', 'speed_limit_m_s')
        self.joints = cell.arm(arm).joints
        self._tree = link_tree([cell.arm(arm)])
        self._self = self_pairs(self._tree, cell, [arm])
        self._around = SurroundingMargins(self._tree, cell, [arm])
        self._speed_limit = speed_limit_m_s

    def check(self, times_s: Array, positions: Array) -> None:
        """Do all of `parts` at once."""
        for _ in self.parts(times_s, positions):
            pass

    def parts(self, times_s: Array, positions: Array) -> Iterator[None]:
        """Judge part by part; the path may be followed when no part is left.

        Args:
            times_s: strictly increasing, shape (N,), N >= 2.
            positions: in the order of `joints`, shape (N, J) [rad, m].

        Raises:
            Refused: it comes too close to something or is too fast, and where.
        """
        floor = None
        for first in range(0, max(len(times_s) - 1, 1), _ROWS):
            rows = slice(first, first + _ROWS + 1)
            floor = yield from self._check_rows(times_s[rows], positions[rows], floor)

    def _check_rows(
        self, times_s: Array, positions: Array, floor: Array | None
    ) -> Generator[None, None, Array]:
        points = self._tree.points(positions)
        travel = _travel(points)
        self._check_speed(times_s, travel)
        yield
        ends = np.unique(np.linspace(0, len(times_s) - 1, _FEW).round().astype(np.intp))
        margins = self._margins(points[:, ends])
        if floor is None:
            floor = np.minimum(margins[0], 0.0) - _SLACK_M
        way = np.concatenate(([0.0], np.cumsum(travel)))[ends]
        for i in _unsure(margins, way[1:] - way[:-1], floor):
            yield
            rows = slice(int(ends[i]), int(ends[i + 1]) + 1)
            closer = self._margins(points[:, rows])
            for row in _unsure(closer, travel[rows.start:rows.stop - 1], floor):
                yield
                pair = slice(rows.start + row, rows.start + row + 2)
                step_m = float(travel[rows.start + row])
                self._look_closer(times_s[pair], positions[pair], floor, step_m)
        return floor

    def _margins(self, points: Array) -> Array:
        return np.concatenate((self._self.margins(points), self._around.margins(points)), axis=1)

    def _check_speed(self, times_s: Array, travel: Array) -> None:
        speeds = travel / (times_s[1:] - times_s[:-1])
        row = int(speeds.argmax()) if speeds.size else 0
        if speeds.size and not speeds[row] <= self._speed_limit * _SLACK_SPEED:
            raise Refused(f'speed: a point of the arm moves at {speeds[row]:.3f} m/s after '
                          f'{times_s[row]:.2f} s, allowed {self._speed_limit:.3f} m/s: make the '
                          'trajectory slower')

    def _look_closer(
        self, times_s: Array, positions: Array, floor: Array, travel_m: float
    ) -> None:
        count = min(max(math.ceil(travel_m / _STEP_M), 1), _MOST_STEPS)
        shares = np.linspace(0.0, 1.0, count + 1)[:, None]
        between = positions[0] + shares * (positions[1] - positions[0])
        lacking = self._margins(self._tree.points(between)) - floor
        if (lacking < 0.0).any():
            row, pair = (int(i) for i in np.unravel_index(int(lacking.argmin()), lacking.shape))
            raise Refused(f'path: {self._name(pair)}, {-lacking[row, pair] * 1e3:.1f} mm closer '
                          f'than allowed after {times_s[0]:.2f} s')

    def _name(self, index: int) -> str:
        count = len(self._self)
        if index < count:
            return self._self.name(index)
        return self._around.name(index - count)


def _travel(points: Array) -> Array:
    """Return the largest displacement of a point from each row to the next, shape (N - 1,)."""
    steps = points[:, 1:] - points[:, :-1]
    return np.asarray(np.sqrt(np.einsum('ink,ink->nk', steps, steps).max(axis=1)))


def _least(margins: Array, travel: Array) -> Array:
    """Return a bound of the margins between rows, shape (N - 1, M)."""
    return np.asarray(0.5 * (margins[1:] + margins[:-1] - travel[:, None]))


def _unsure(margins: Array, travel: Array, floor: Array) -> list[int]:
    """Return the rows after which a margin may be too small."""
    rows: list[int] = np.nonzero((_least(margins, travel) < floor).any(axis=1))[0].tolist()
    return rows
