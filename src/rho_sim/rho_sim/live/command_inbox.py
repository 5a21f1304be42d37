# SPDX-License-Identifier: Apache-2.0
"""Takes position commands; what is wrong is refused and moves nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_description import CellDescription

TOLERANCE = 1e-6  # [rad, m]: rounding at a limit is no violation


class CommandInbox:
    """The newest accepted command of each arm. Without any, the arms hold where they are."""

    def __init__(self, description: CellDescription, hold: NDArray[np.float64]) -> None:
        """Start with holding.

        Args:
            description: names, order and limits.
            hold: where the arms are, in cell order, shape (14,).
        """
        self._arms = dict(description.arms)
        self._rows = {}
        first = 0
        for name, arm in self._arms.items():
            self._rows[name] = slice(first, first + len(arm.joint_names))
            first += len(arm.joint_names)
        self.target = np.array(hold, dtype=np.float64)
        self.accepted = 0
        self.refused = 0

    def offer(self, arm: str, values: Sequence[float]) -> None:
        """Take a command of an arm.

        Raises:
            Refused: wrong size, not finite or out of limits; the last good command stays.
        """
        try:
            self.target[self._rows[arm]] = self._checked(arm, values)
        except Refused:
            self.refused += 1
            raise
        self.accepted += 1

    def _checked(self, arm: str, values: Sequence[float]) -> NDArray[np.float64]:
        names, limits = self._arms[arm].joint_names, self._arms[arm].limits
        wanted = np.asarray(values, dtype=np.float64)
        if wanted.shape != limits.lower.shape:
            raise Refused(
                f'command of the {arm} arm: expected {len(names)} positions '
                f'({", ".join(names)}), got {wanted.size}')
        good = (wanted >= limits.lower - TOLERANCE) & (wanted <= limits.upper + TOLERANCE)
        if not good.all():
            i = int(np.argmin(good))
            raise Refused(
                f'command for {names[i]}: expected {limits.lower[i]:.4g} to '
                f'{limits.upper[i]:.4g}, got {wanted[i]}')
        return np.clip(wanted, limits.lower, limits.upper)
