# SPDX-License-Identifier: Apache-2.0
"""One process that the runner started."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

from rho_bringup.runner.child_setup import child_setup
from rho_bringup.runner.process_exit import ProcessExit

KEPT_LINES = 20


class ManagedProcess:
    """One started process: leader of its own process group, output kept and logged."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the process.

        Args:
            name: Name of the node, for messages.
            command: Words of the command line.
            log_file: File that gets all output.
            environment: Environment, None: that of this process.
        """
        self.name = name
        self.log_file = log_file
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._log = log_file.open('w', encoding='utf-8')
        self._partial = b''
        self._reported = False
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            start_new_session=True,
            preexec_fn=child_setup(os.getpid()),
        )

    @property
    def pid(self) -> int:
        """Process id, also the id of its process group."""
        return self._process.pid

    @property
    def output_descriptor(self) -> int:
        """Descriptor of the pipe that carries the output."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def running(self) -> bool:
        """Whether the process is still alive."""
        return self._process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and its children; nothing happens when it has ended."""
        if self.running:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                return

    def read_output(self) -> list[str] | None:
        """Read what the pipe holds now.

        Returns:
            Complete lines, None at the end of the output.
        """
        data = os.read(self.output_descriptor, 65536)
        if not data:
            return None
        *complete, self._partial = (self._partial + data).split(b'\n')
        return [self._keep(line) for line in complete]

    def close_output(self) -> list[str]:
        """Close pipe and log file and return an unfinished last line, if there is one."""
        rest = [self._keep(self._partial)] if self._partial else []
        self._partial = b''
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()
        return rest

    def exit(self) -> ProcessExit | None:
        """Return how the process ended, None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return ProcessExit(name=self.name, code=code, last_lines=tuple(self._lines))

    def _keep(self, raw: bytes) -> str:
        line = raw.decode('utf-8', errors='replace').rstrip('\r')
        self._lines.append(line)
        self._log.write(line + '\n')
        self._log.flush()
        return line
