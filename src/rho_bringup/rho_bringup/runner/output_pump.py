# SPDX-License-Identifier: Apache-2.0
"""Carries the output of all processes to one place."""

import contextlib
import os
import selectors
import threading
from collections.abc import Callable
from collections.abc import Iterable

from rho_bringup.runner.managed_process import ManagedProcess

LineSink = Callable[[str, str], None]
"""Takes (name of the node, line)."""


class OutputPump:
    """Reads the output of processes in one thread, so no pipe ever fills up and blocks a node."""

    def __init__(self, processes: Iterable[ManagedProcess], sink: LineSink) -> None:
        """Prepare for these processes; lines go to the sink, called from the pump's thread."""
        self._sink = sink
        self._selector = selectors.DefaultSelector()
        for process in processes:
            self._selector.register(process.output_descriptor, selectors.EVENT_READ, process)
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, name='output', daemon=True)

    @property
    def running(self) -> bool:
        """Whether a process still has its output open."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Read what is left and end.

        A grandchild that outlives its parent keeps the pipe open: it is not waited for longer
        than the time-out.
        """
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            with contextlib.suppress(OSError):
                os.write(self._wake_write, b'x')
            self._thread.join(timeout_s)
        os.close(self._wake_write)
        os.close(self._wake_read)

    def _run(self) -> None:
        open_pipes = len(self._selector.get_map()) - 1
        while open_pipes:
            for key, _ in self._selector.select():
                process = key.data
                if process is None:
                    self._close_all()
                    return
                lines = process.read_output()
                if lines is None:
                    self._selector.unregister(key.fd)
                    lines = process.close_output()
                    open_pipes -= 1
                for line in lines:
                    self._sink(process.name, line)

    def _close_all(self) -> None:
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                self._selector.unregister(key.fd)
                key.data.close_output()
