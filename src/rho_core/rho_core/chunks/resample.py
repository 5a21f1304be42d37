# SPDX-License-Identifier: Apache-2.0
"""Reads a chunk at times between its rows: chunks of different phase meet on common times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk


def row_stamps_ns(chunk: ActionChunk) -> NDArray[np.int64]:
    """Returns the time of each row, shape (H,) [ns, ROS time]."""
    return chunk.stamp_ns + chunk.step_ns * np.arange(len(chunk.positions), dtype=np.int64)


def positions_at(
    chunk: ActionChunk, stamps_ns: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Interpolates linearly between rows.

    Args:
        chunk: What to read.
        stamps_ns: Times, shape (N,) [ns, ROS time].

    Returns:
        Positions [rad or m], shape (N, J), and whether the chunk covers each time, shape (N,). A
        row that is not covered repeats the nearest end of the chunk.
    """
    last = len(chunk.positions) - 1
    # Differences first: a time in nanoseconds does not fit into a float64.
    since_ns = stamps_ns - chunk.stamp_ns
    covered = (since_ns >= 0) & (since_ns <= last * chunk.step_ns)
    place = np.clip(since_ns / chunk.step_ns, 0.0, last)
    row = np.minimum(place.astype(np.int64), max(last - 1, 0))
    share = (place - row)[:, None]
    ahead = chunk.positions[np.minimum(row + 1, last)]
    return (1.0 - share) * chunk.positions[row] + share * ahead, covered
