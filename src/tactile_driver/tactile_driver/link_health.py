# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the line to a sensor, said once, and when it is over."""

from tactile_driver.formats.wire_format import FormatCounts
from tactile_driver.notice import Edge
from tactile_driver.notice import Notice

_SILENCE_NS = 1_000_000_000
_GARBAGE_FRAMES = 3
_CLEAN_FRAMES = 10


class LinkHealth:
    """Judges three problems: the device is away, it is silent, its bytes are no frames."""

    def __init__(self, *, format_name: str, frame_bytes: int) -> None:
        """Names what is expected on the line."""
        self._format_name = format_name
        self._frame_bytes = frame_bytes
        self._lost = Edge()
        self._silent = Edge()
        self._garbage = Edge()
        self._counts = FormatCounts()
        self._last_bytes_ns: int | None = None
        self._skipped_in_row = 0
        self._frames_in_row = 0

    def restart(self) -> None:
        """Begins to wait for bytes anew, after a time in which nobody read."""
        self._last_bytes_ns = None
        self._skipped_in_row = 0

    def update(
        self, steady_ns: int, problem: str, received: int, counts: FormatCounts
    ) -> list[Notice]:
        """Takes the result of one read.

        Args:
            steady_ns: now [ns, steady clock].
            problem: why the device is away, empty when it is open.
            received: bytes read.
            counts: those of the format after the bytes were fed.
        """
        notices = self._lost.update(
            bool(problem), f'{problem}; trying again', 'the device is connected again'
        )
        if received or problem or self._last_bytes_ns is None:
            self._last_bytes_ns = steady_ns
        is_silent = steady_ns - self._last_bytes_ns > _SILENCE_NS
        notices += self._silent.update(
            is_silent,
            'the device is open but no byte has come for 1 s: is the sensor powered and sending?',
            'bytes arrive again',
        )
        return notices + self._judge_content(counts)

    def _judge_content(self, counts: FormatCounts) -> list[Notice]:
        skipped = counts.skipped_bytes - self._counts.skipped_bytes
        frames = counts.frames - self._counts.frames
        self._counts = counts
        self._skipped_in_row = 0 if frames else self._skipped_in_row + skipped
        self._frames_in_row = 0 if skipped else self._frames_in_row + frames
        is_garbage = self._garbage.is_bad
        if self._skipped_in_row > _GARBAGE_FRAMES * self._frame_bytes:
            is_garbage = True
        elif self._frames_in_row >= _CLEAN_FRAMES:
            is_garbage = False
        totals = f'{counts.skipped_bytes} bytes skipped, {counts.bad_frames} bad frames so far'
        return self._garbage.update(
            is_garbage,
            f'garbage: {self._skipped_in_row} bytes in a row are no {self._format_name} frames of '
            f'{self._frame_bytes} bytes, nothing is published; check the parameters format, '
            f'magnetometers and baud ({totals})',
            f'frames are good again ({totals})',
        )
