# SPDX-License-Identifier: Apache-2.0
"""Starts and ends the process in which a vendor's library runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import asdict
from typing import Any

_END_S = 4.0
_KILL_S = 1.0
_BELOW_LOOP = 1


class LinkProcess:
    """A `link_server` at the other end of a socket."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take over a process that serves."""
        self._process = process

    @classmethod
    def start(
        cls, options: Any, connection: socket.socket, *, period_s: float, priority: int
    ) -> LinkProcess:
        """Start it.

        Args:
            options: the back end's options, a dataclass of the registry.
            connection: its end of the socket, taken over.
            period_s: time between two commands.
            priority: SCHED_FIFO priority of the control loop, 0: none.
        """
        with connection:
            process = subprocess.Popen(
                [
                    sys.executable, '-m', 'arm_controller.backends.link_server',
                    # JSON is YAML.
                    '--backend', json.dumps(asdict(options)),
                    '--fd', str(connection.fileno()),
                    '--period', repr(period_s),
                    '--priority', str(max(priority - _BELOW_LOOP, 0)),
                ],
                pass_fds=(connection.fileno(),),
                stdin=subprocess.DEVNULL,
            )
        return cls(process)

    def end(self) -> str:
        """Wait until it has ended; end it by force when it does not.

        Returns:
            What was not as it should be, empty when all was.
        """
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_KILL_S)
            return f'its process did not end within {_END_S:g} s and was killed'
        return f'its process ended with code {code}' if code else ''
