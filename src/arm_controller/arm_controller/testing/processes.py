# SPDX-License-Identifier: Apache-2.0
"""Starts the other side of a back end in a process, at an address of its own."""

from __future__ import annotations

import json
import os
import random
import select
import subprocess
import sys
import time
from typing import Any

_READY_S = 30.0
_END_S = 5.0


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
        self._log, log = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'trossen_arm_sim', '--host', self.host],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        os.close(log)
        self._wait_for(b'Listening')

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait(_END_S)
        os.close(self._log)

    def _wait_for(self, text: bytes) -> None:
        end_s = time.monotonic() + _READY_S
        said = b''
        while text not in said:
            if not select.select([self._log], [], [], max(0.0, end_s - time.monotonic()))[0]:
                raise TimeoutError(f'the simulated arm is not up within {_READY_S} s: {said!r}')
            data = os.read(self._log, 4096)
            if not data:
                raise RuntimeError(f'the simulated arm ended: {said.decode()}')
            said += data
