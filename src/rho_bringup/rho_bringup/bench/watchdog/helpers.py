# SPDX-License-Identifier: Apache-2.0
"""The processes of the benchmark that stand between the nodes of the cell."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from rho_bringup.bench.watchdog.fault_cell import Helper
from rho_bringup.runner.managed_process import ManagedProcess
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.runner.output_pump import OutputPump

_PATIENCE_S = 3.0
_POLL_S = 0.02


class Helpers:
    """Starts helpers and ends them again. Use as a context manager."""

    def __init__(self, helpers: Iterable[Helper], folder: Path, sink: LineSink) -> None:
        """Remember what to start.

        Args:
            helpers: What to start.
            folder: Existing folder for logs.
            sink: Takes (name, line) for every line of output.
        """
        self._helpers = {helper.name: helper for helper in helpers}
        self._folder = folder
        self._sink = sink
        self._processes: dict[str, ManagedProcess] = {}
        self._pumps: dict[str, OutputPump] = {}

    def __enter__(self) -> Helpers:
        """Start all of them."""
        for name in self._helpers:
            self._start(name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all of them."""
        for number in (signal.SIGCONT, signal.SIGINT):
            for process in self._processes.values():
                process.signal_group(number)
        for name in self._helpers:
            self._wait_end(name)

    def has(self, name: str) -> bool:
        """Whether there is a helper of that name."""
        return name in self._helpers

    def pid(self, name: str) -> int:
        """Return the process id of a helper."""
        return self._processes[name].pid

    def restart(self, name: str) -> None:
        """Start a helper again; one that still runs is killed."""
        self._processes[name].signal_group(signal.SIGKILL)
        self._wait_end(name)
        self._start(name)

    def _start(self, name: str) -> None:
        process = ManagedProcess(
            name, self._helpers[name].command, log_file=self._folder / f'{name}.log')
        self._processes[name] = process
        self._pumps[name] = OutputPump([process], self._sink)
        self._pumps[name].start()

    def _wait_end(self, name: str) -> None:
        process = self._processes[name]
        deadline_s = time.monotonic() + _PATIENCE_S
        while process.running:
            if time.monotonic() > deadline_s:
                process.signal_group(signal.SIGKILL)
                break
            time.sleep(_POLL_S)
        self._pumps[name].stop(_PATIENCE_S)
