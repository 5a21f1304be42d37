# SPDX-License-Identifier: Apache-2.0
"""What else may refuse a path beside the limits of its joints, e.g. the geometry of the cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class PathCheck(Protocol):
    """Judges the whole path that an arm would follow, before the arm follows it."""

    def parts(
        self, times_s: NDArray[np.float64], positions: NDArray[np.float64]
    ) -> Iterator[None]:
        """Judge part by part; the path may be followed when no part is left.

        Each part takes a fraction of a control cycle: the loop does one in each.

        The path is the spliced one: it begins at the commanded state and contains the bridge.

        Args:
            times_s: strictly increasing, 0 at the commanded state, shape (N,), N >= 2.
            positions: joints in the order of the arm's limits, shape (N, J) [rad, m].

        Raises:
            Refused: it may not, and why.
        """
        ...
