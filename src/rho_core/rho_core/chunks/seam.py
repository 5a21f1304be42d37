# SPDX-License-Identifier: Apache-2.0
"""How smoothly one chunk follows another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk


def seam(previous: ActionChunk, new: ActionChunk, velocity: NDArray[np.float64]) -> float:
    """Returns the largest jump at the switch from one chunk to the next.

    Both are compared at the first time that both cover, the previous one linearly interpolated.

    Args:
        previous: The chunk in force.
        new: Its successor, same joints in the same order.
        velocity: Largest speeds, shape (J,) [rad/s or m/s].

    Returns:
        Largest difference in units of (velocity * dt), 0 if the chunks do not overlap.
    """
    offset = (new.stamp_ns - previous.stamp_ns) * 1e-9 / previous.dt_s
    last = len(previous.positions) - 1
    if not 0 <= offset <= last:
        return 0.0
    row = min(int(offset), max(last - 1, 0))
    ahead = previous.positions[min(row + 1, last)]
    expected = previous.positions[row] + (offset - row) * (ahead - previous.positions[row])
    jump = np.abs(new.positions[0] - expected) / (velocity * new.dt_s)
    return float(jump.max())
