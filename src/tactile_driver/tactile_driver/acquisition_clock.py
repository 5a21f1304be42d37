# SPDX-License-Identifier: Apache-2.0
"""When a frame was acquired, for sensors that do not say it themselves."""

from rho_core.errors import ConfigError

_BITS_PER_BYTE = 10  # start bit, 8 data bits, stop bit
_CLOCK_RESET_NS = 1_000_000_000


class AcquisitionClock:
    """Stamps frames with arrival time minus transfer time; stamps always increase.

    A frame of a backlog is older by what arrived after it: at least the transfer time of those
    bytes, and at least one frame period for each frame among them.
    """

    def __init__(self, *, frame_bytes: int, baud: int, rate_hz: float) -> None:
        """Derives the times.

        Args:
            frame_bytes: length of a frame on the wire.
            baud: symbols per second on the wire.
            rate_hz: nominal frame rate.

        Raises:
            ConfigError: the wire is too slow for the rate.
        """
        byte_ns = _BITS_PER_BYTE * 1e9 / baud
        period_ns = 1e9 / rate_hz
        if byte_ns * frame_bytes > period_ns:
            raise ConfigError(
                f'{baud} baud carry at most {1e9 / (byte_ns * frame_bytes):.0f} frames of '
                f'{frame_bytes} bytes per second, got rate_hz {rate_hz}: lower it or raise baud',
                'rate_hz',
            )
        self._transfer_ns = round(frame_bytes * byte_ns)
        self._backlog_byte_ns = max(byte_ns, period_ns / frame_bytes)
        self._last_ns: int | None = None

    def stamp(self, arrival_ns: int, bytes_after: int) -> int:
        """Returns the time of acquisition.

        Args:
            arrival_ns: when the chunk with the frame had been read [ns, ROS time].
            bytes_after: bytes of the chunk behind the frame.
        """
        stamp_ns = arrival_ns - self._transfer_ns - round(bytes_after * self._backlog_byte_ns)
        last_ns = self._last_ns
        # A step back of more than a second is a clock that was reset, not a late wake-up.
        if last_ns is not None and last_ns - _CLOCK_RESET_NS < stamp_ns <= last_ns:
            stamp_ns = last_ns + 1
        self._last_ns = stamp_ns
        return stamp_ns
