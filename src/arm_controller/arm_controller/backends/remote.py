# SPDX-License-Identifier: Apache-2.0
"""An arm whose vendor's library runs in a process of its own.

Libraries block: while they connect, when the arm does not answer, when they are closed, and some
keep the interpreter lock meanwhile, so that a thread would not be enough. One may also crash. In
a process of its own nothing of that reaches the control loop, and when the controller dies, there
is still somebody who leaves the arm at rest.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.link_wire import MAX_BYTES
from arm_controller.backends.link_wire import READY
from arm_controller.backends.link_wire import pack_command
from arm_controller.backends.link_wire import unpack_problem
from arm_controller.backends.link_wire import unpack_sample
from rho_core.motion.measurement import Measurement

_AGAIN = 'deactivate and activate the controller to connect again'
_LOOK_S = 0.05


class Server(Protocol):
    """The other end of the socket."""

    def end(self) -> str:
        """Wait until it has ended, and end it by force when it does not; return how that went."""
        ...


StartServer = Callable[[socket.socket], Server]
"""Starts a server at the other end of a socket, which it takes over."""


class RemoteBackend:
    """An arm behind a `LinkServer`.

    `write` sends a datagram, `read` takes those that have come; neither waits. Whatever goes
    wrong is final until the next `start`: an arm that was out of reach may stand anywhere, and
    must not be sent on from where it was thought to be. What counts as wrong: an error of the
    link, the end of its process, an arm whose clock stands still or goes back.
    """

    def __init__(
        self,
        start_server: StartServer,
        context: BackendContext,
        *,
        name: str,
        joints: int,
        open_s: float,
        answer_s: float,
    ) -> None:
        """Prepare; `start` connects.

        Args:
            start_server: starts the other end.
            context: what the controller gives.
            name: what the arm is called in messages.
            joints: number of joints of the arm.
            open_s: time that connecting may take.
            answer_s: time without news after which the arm is lost.
        """
        self._start_server = start_server
        self._context = context
        self._name = name
        self._joints = joints
        self._open_s = open_s
        self._answer_s = answer_s
        self._server: Server | None = None
        self._socket: socket.socket | None = None
        self._measured: Measurement | None = None
        self._device_s = -math.inf
        self._news_ns = 0
        self._failure = ''

    def start(self) -> None:
        """Start the other end, and wait until it has connected.

        Raises:
            BackendError: it failed or took too long.
        """
        self.stop()
        # What was wrong with the last connection, and where the arm was, is over.
        self._measured = None
        self._device_s = -math.inf
        self._failure = ''
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server = self._start_server(other)
        try:
            self._wait_until_ready(self._socket)
        except BackendError as error:
            self._lose(str(error))
            self.stop()
            raise BackendError(self._failure) from error
        self._socket.setblocking(False)
        # From here on the arm has to answer in time.
        self._news_ns = self._context.steady_ns()

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement, None once the arm is lost."""
        if self._socket is None:
            return None
        if not self._failure:
            self._take_all(self._socket)
            silent_s = (steady_ns - self._news_ns) / 1e9
            if silent_s > self._answer_s:
                self._lose(f'no news from the arm for {silent_s * 1e3:.0f} ms, allowed '
                           f'{self._answer_s * 1e3:.0f} ms')
        return None if self._failure else self._measured

    def write(self, command: Sequence[float]) -> None:
        """Send a command, unless the arm is lost."""
        if len(command) != self._joints or not math.isfinite(sum(command)):
            self._lose(f'expected {self._joints} finite positions, got {tuple(command)}')
        if self._failure or self._socket is None:
            return
        try:
            self._socket.send(pack_command(command))
        except BlockingIOError:
            # The other end hangs; `read` judges for how long.
            return
        except ConnectionError as error:
            # Its last words say more, if it has said any.
            self._take_all(self._socket)
            self._lose(f'its process ended ({error})')

    def problem(self) -> str:
        """Return why the arm is lost."""
        return f'{self._failure}; {_AGAIN}' if self._failure else ''

    def stop(self) -> None:
        """Let the other end leave the arm at rest, and wait for that."""
        connection, self._socket = self._socket, None
        server, self._server = self._server, None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        if server is not None:
            outcome = server.end()
            if outcome:
                self._lose(outcome)
        if connection is not None:
            connection.close()

    def _lose(self, why: str) -> None:
        """Give the arm up, and let the other end leave it at rest. The first reason stays."""
        if self._failure:
            return
        self._failure = f'{self._name}: {why}'
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)

    def _wait_until_ready(self, connection: socket.socket) -> None:
        end_s = time.monotonic() + self._open_s
        while time.monotonic() < end_s:
            if not select.select([connection], [], [], _LOOK_S)[0]:
                continue
            data = _receive(connection)
            if data == READY:
                return
            raise BackendError(unpack_problem(data) or 'its process ended while it connected')
        raise BackendError(f'no connection within {self._open_s:g} s')

    def _take_all(self, connection: socket.socket) -> None:
        try:
            while not self._failure:
                self._take(_receive(connection))
        except BlockingIOError:
            return

    def _take(self, data: bytes) -> None:
        received = unpack_sample(data)
        if received is None:
            self._lose(unpack_problem(data) or 'its process ended')
            return
        sample, received_ns = received
        if len(sample.positions) != self._joints:
            self._lose(f'expected {self._joints} joints, the arm has {len(sample.positions)}')
        elif sample.device_s < self._device_s:
            self._lose(f"the arm's clock went back by {self._device_s - sample.device_s:.3f} s")
        elif sample.device_s > self._device_s:
            self._device_s = sample.device_s
            self._news_ns = received_ns
            # What came meanwhile is as old on the ROS clock as on the steady one.
            age_ns = self._context.steady_ns() - received_ns
            self._measured = Measurement(
                stamp_ns=self._context.now_ns() - age_ns,
                received_ns=received_ns,
                positions=sample.positions,
            )


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(MAX_BYTES)
    except ConnectionError:
        return b''
