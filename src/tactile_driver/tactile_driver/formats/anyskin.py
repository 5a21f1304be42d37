# SPDX-License-Identifier: Apache-2.0
r"""AnySkin and ReSkin: burst frames of n magnetometers x 4 float32 (T, Bx, By, Bz), then CR LF.

There is no start mark, no checksum and no time stamp, and the payload may contain CR LF. So a
frame is taken only if the two bytes before it end a frame (or a piece of garbage that looks so),
its own last two bytes are CR LF, and all its numbers are physically possible. What is left is a
payload with CR LF at the same place in each frame, joined midway: it may be read out of step until
a shifted number is impossible.
"""

import math
import struct

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from tactile_driver.formats.wire_format import FormatCounts
from tactile_driver.formats.wire_format import RawFrame

_TAIL = b'\r\n'
_FLOATS_PER_MAGNETOMETER = 4
_TEMPERATURE_C = (-40.0, 125.0)
_RANGE_UT = 50_000.0
# A saturated reading must still pass: values beyond the range are flagged, not refused.
_PLAUSIBLE_UT = 2.0 * _RANGE_UT
_SPACING_M = 0.004


class AnySkinFormat:
    """Parser for one sensor."""

    def __init__(self, magnetometers: int = 5) -> None:
        """Starts out of step.

        Args:
            magnetometers: chips on the board.

        Raises:
            ConfigError: there is no magnetometer.
        """
        if magnetometers < 1:
            raise ConfigError(f'expected at least 1, got {magnetometers}', 'magnetometers')
        self._magnetometers = magnetometers
        self._payload_bytes = magnetometers * _FLOATS_PER_MAGNETOMETER * 4
        self._layout = struct.Struct(f'<{magnetometers * _FLOATS_PER_MAGNETOMETER}f')
        self._buffer = bytearray()
        self._is_in_step = False
        self._skipped_since_frame = 0
        self._has_been_cut = False
        self._frames = 0
        self._bad_frames = 0
        self._skipped_bytes = 0

    @property
    def name(self) -> str:
        """Name of the format."""
        return 'anyskin'

    @property
    def rows(self) -> int:
        """One row per magnetometer."""
        return self._magnetometers

    @property
    def cols(self) -> int:
        """One column."""
        return 1

    @property
    def channels(self) -> tuple[tuple[str, str], ...]:
        """Flux density along the chip's axes."""
        return ('bx', 'uT'), ('by', 'uT'), ('bz', 'uT')

    @property
    def value_range(self) -> tuple[float, float]:
        """Range of the magnetometer at its lowest gain (MLX90393) [uT]."""
        return -_RANGE_UT, _RANGE_UT

    @property
    def frame_bytes(self) -> int:
        """82 for five magnetometers."""
        return self._payload_bytes + len(_TAIL)

    @property
    def default_taxel_positions(self) -> NDArray[np.float64]:
        """First chip in the centre, the others on a circle of 4 mm around it, in y and z [m]."""
        positions = np.zeros((self._magnetometers, 3))
        others = self._magnetometers - 1
        angles = 2.0 * np.pi * np.arange(others) / max(others, 1)
        positions[1:, 1] = _SPACING_M * np.cos(angles)
        positions[1:, 2] = _SPACING_M * np.sin(angles)
        return positions

    @property
    def counts(self) -> FormatCounts:
        """What became of the bytes so far."""
        return FormatCounts(
            frames=self._frames,
            bad_frames=self._bad_frames,
            skipped_bytes=self._skipped_bytes,
            waiting_bytes=len(self._buffer),
        )

    def reset(self) -> None:
        """Drops a frame begun; the next frame counts as following a loss."""
        self._skip(len(self._buffer))
        self._is_in_step = False
        self._has_been_cut = True

    def feed(self, data: bytes) -> list[RawFrame]:
        """Takes the next bytes and returns the frames that they complete."""
        self._buffer += data
        frames: list[RawFrame] = []
        while self._find_start() and len(self._buffer) >= self.frame_bytes:
            payload = bytes(self._buffer[: self._payload_bytes])
            has_tail = self._buffer[self._payload_bytes : self.frame_bytes] == _TAIL
            peak_ut = self._peak(payload) if has_tail else None
            if peak_ut is None:
                self._bad_frames += 1
                self._is_in_step = False
                continue
            del self._buffer[: self.frame_bytes]
            frames.append(self._frame(payload, peak_ut))
        return frames

    def _find_start(self) -> bool:
        """Brings a possible start of a frame to the front of the buffer.

        A frame may start after any CR LF. The one in front of the buffer has been tried already.
        """
        if self._is_in_step:
            return True
        place = self._buffer.find(_TAIL)
        if place < 0:
            # The last byte may be the first half of a tail.
            self._skip(len(self._buffer) - self._buffer.endswith(_TAIL[:1]))
            return False
        self._skip(place + len(_TAIL))
        self._is_in_step = True
        return True

    def _peak(self, payload: bytes) -> float | None:
        """Largest absolute field [uT]; None when a number is impossible.

        Numpy would take ten times as long in a thread that has just woken.
        """
        numbers = self._layout.unpack(payload)
        temperatures = numbers[::_FLOATS_PER_MAGNETOMETER]
        is_possible = (
            math.isfinite(sum(numbers))
            and min(temperatures) >= _TEMPERATURE_C[0]
            and max(temperatures) <= _TEMPERATURE_C[1]
        )
        # Temperatures are far smaller than any field limit, so they need not be left out.
        peak_ut = max(max(numbers), -min(numbers))
        return peak_ut if is_possible and peak_ut <= _PLAUSIBLE_UT else None

    def _frame(self, payload: bytes, peak_ut: float) -> RawFrame:
        lost = 0
        if self._frames and (self._skipped_since_frame or self._has_been_cut):
            lost = max(1, round(self._skipped_since_frame / self.frame_bytes))
        self._frames += 1
        self._skipped_since_frame = 0
        self._has_been_cut = False
        # A view of bytes is read-only.
        table = np.frombuffer(payload, dtype='<f4').reshape(self._magnetometers, 1, -1)
        return RawFrame(
            values=table[:, :, 1:],
            payload=payload,
            is_saturated=peak_ut >= _RANGE_UT,
            lost_before=lost,
            bytes_after=len(self._buffer),
        )

    def _skip(self, count: int) -> None:
        del self._buffer[:count]
        self._skipped_bytes += count
        self._skipped_since_frame += count
