# SPDX-License-Identifier: Apache-2.0
"""Processes that want every core for themselves."""

import os
import subprocess
import sys
from types import TracebackType

_PATIENCE_S = 5.0


class Hog:
    """One endless computation per core, of ordinary priority. Use as a context manager."""

    def __init__(self, processes: int | None = None) -> None:
        """Prepare.

        Args:
            processes: How many, None: one per core.
        """
        self._count = (os.cpu_count() or 1) if processes is None else processes
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def running(self) -> int:
        """Processes that compute now."""
        return sum(process.poll() is None for process in self._processes)

    def __enter__(self) -> 'Hog':
        """Start computing."""
        command = [sys.executable, '-I', '-S', '-c', 'while True: pass']
        for _ in range(self._count):
            self._processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the computation."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait(_PATIENCE_S)
