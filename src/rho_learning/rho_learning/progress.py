# SPDX-License-Identifier: Apache-2.0
"""A progress bar for terminals that becomes sparse lines in a log file."""

import sys
import time
from typing import TextIO


class Progress:
    """Prints how far a job is and how long it still takes."""

    WIDTH = 24
    LOG_PERIOD_S = 15.0

    def __init__(self, title: str, stream: TextIO = sys.stderr) -> None:
        """Name the job."""
        self._title = title
        self._stream = stream
        self._terminal = stream.isatty()
        self._first: tuple[float, int] | None = None
        self._last_s = float('-inf')

    def update(self, done: int, total: int, text: str = '') -> None:
        """Show ``done`` of ``total``; a log gets a line every 15 s and at the end."""
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        finished = done >= total
        if not self._terminal and not finished and now - self._last_s < self.LOG_PERIOD_S:
            return
        self._last_s = now
        filled = self.WIDTH * done // max(total, 1)
        bar = '#' * filled + '.' * (self.WIDTH - filled)
        line = f'{self._title} [{bar}] {done}/{total} {self._remaining(now, done, total)}{text}'
        if self._terminal:
            self._stream.write(f'\r\x1b[2K{line}' + ('\n' if finished else ''))
        else:
            self._stream.write(line + '\n')
        self._stream.flush()

    def _remaining(self, now: float, done: int, total: int) -> str:
        start_s, start = self._first or (now, done)
        if done <= start or done >= total:
            return ''
        seconds = (now - start_s) / (done - start) * (total - done)
        return f'{int(seconds) // 60}:{int(seconds) % 60:02d} left '
