# SPDX-License-Identifier: Apache-2.0
"""Starts the other side of a back end in a process, at an address of its own."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from typing import Any

_READY_S = 30.0
_END_S = 5.0
_LOOK_S = 0.1


def loopback_address() -> str:
    """Return an address of this machine that no other test is likely to use."""
    pick = random.SystemRandom().randint
    return f'127.{pick(1, 254)}.{pick(0, 255)}.{pick(2, 254)}'


class RobotProcess:
    """A `fake_robot_server` that takes orders."""

    def __init__(self) -> None:
        """Start it, and wait until it listens."""
        self.host = loopback_address()
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'arm_controller.testing.fake_robot_server',
             '--host', self.host],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._read_line()

    def order(self, text: str = 'state') -> dict[str, Any]:
        """Give an order and return the state after it."""
        if self.process.stdin is None:
            raise RuntimeError('the process has no standard input')
        self.process.stdin.write(f'{text}\n')
        state: dict[str, Any] = json.loads(self._read_line())
        return state

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.communicate(timeout=_END_S)

    def _read_line(self) -> str:
        stdout = self.process.stdout
        if stdout is None or not select.select([stdout], [], [], _READY_S)[0]:
            raise TimeoutError(f'no answer of the robot within {_READY_S} s')
        return stdout.readline()


class WidowXProcess:
    """The simulated WidowX AI of trossen-arm-sim."""

    def __init__(self) -> None:
        """Start it, and wait until it listens."""
        self.host = loopback_address()
        self._log, self._log_end = os.pipe()
        self.process = self._start()

    def pause(self) -> None:
        """Let it do nothing, with its sockets open."""
        self.process.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        """End it and start it again: its clock begins anew."""
        self.process.kill()
        self.process.wait(_END_S)
        self.process = self._start()

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait(_END_S)
        os.close(self._log)
        os.close(self._log_end)

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, '-m', 'trossen_arm_sim', '--host', self.host],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log_end)
        end_s = time.monotonic() + _READY_S
        said = b''
        while b'Listening' not in said:
            if select.select([self._log], [], [], _LOOK_S)[0]:
                said += os.read(self._log, 4096)
            elif process.poll() is not None or time.monotonic() > end_s:
                process.kill()
                raise TimeoutError(f'the simulated arm is not up: {said.decode()}')
        return process
