# SPDX-License-Identifier: Apache-2.0
"""How smoothly one chunk follows another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.resample import positions_at


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
    expected, covered = positions_at(previous, np.array([new.stamp_ns], dtype=np.int64))
    if not covered[0]:
        return 0.0
    jump = np.abs(new.positions[0] - expected[0]) / (velocity * new.dt_s)
    return float(jump.max())
