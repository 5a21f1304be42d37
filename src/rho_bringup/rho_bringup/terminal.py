# SPDX-License-Identifier: Apache-2.0
"""Lines on the terminal."""

import sys
import threading
import time
from typing import TextIO


class Terminal:
    """Writes whole lines, from any thread, with the seconds since the start in front."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to a stream, None: standard output."""
        self._stream = sys.stdout if stream is None else stream
        self._lock = threading.Lock()
        self._start_s = time.monotonic()

    def say(self, text: str) -> None:
        """Write lines for a person."""
        self._write(f'[{time.monotonic() - self._start_s:6.1f} s] ', text)

    def node_line(self, name: str, line: str) -> None:
        """Write a line that a node printed."""
        self._write(f'[{name}] ', line)

    def _write(self, prefix: str, text: str) -> None:
        with self._lock:
            for line in text.split('\n'):
                self._stream.write(f'{prefix}{line}\n')
            self._stream.flush()


def silent(_name: str, _line: str) -> None:
    """Drop a line; it is in the node's log file and in its kept last lines all the same."""
