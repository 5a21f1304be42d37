# SPDX-License-Identifier: Apache-2.0
"""What every wire format does."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawFrame:
    """One frame as the sensor sent it.

    Attributes:
        values: read-only, shape (rows, cols, channels) [channel units].
        payload: the bytes of the frame.
        is_saturated: whether a value is at the end of the sensor's range.
        lost_before: estimated number of frames lost since the frame before.
        bytes_after: bytes of the same chunk that arrived after this frame.
    """

    values: NDArray[np.float32]
    payload: bytes
    is_saturated: bool
    lost_before: int
    bytes_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatCounts:
    """What became of the bytes: each one is in a frame, skipped, or still waiting for the rest.

    Attributes:
        frames: frames found.
        bad_frames: places where a frame was due and was none.
        skipped_bytes: bytes that belong to no frame.
        waiting_bytes: bytes that wait for the rest of their frame.
    """

    frames: int = 0
    bad_frames: int = 0
    skipped_bytes: int = 0
    waiting_bytes: int = 0


class WireFormat(Protocol):
    """Finds frames in a stream of bytes that may start, break and go wrong anywhere."""

    @property
    def name(self) -> str:
        """Name of the format."""

    @property
    def rows(self) -> int:
        """Taxel grid, rows."""

    @property
    def cols(self) -> int:
        """Taxel grid, columns."""

    @property
    def channels(self) -> tuple[tuple[str, str], ...]:
        """Name and unit of each channel."""

    @property
    def value_range(self) -> tuple[float, float]:
        """Smallest and largest value that the sensor can give [channel unit]."""

    @property
    def frame_bytes(self) -> int:
        """Length of a frame on the wire."""

    @property
    def default_taxel_positions(self) -> NDArray[np.float64]:
        """Nominal positions, shape (rows * cols, 3) [m]."""

    @property
    def counts(self) -> FormatCounts:
        """What became of the bytes so far."""

    def feed(self, data: bytes) -> list[RawFrame]:
        """Takes the next bytes and returns the frames that they complete."""

    def reset(self) -> None:
        """Forgets a frame begun, after the line was cut. The counts stay."""
