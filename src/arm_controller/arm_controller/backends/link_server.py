# SPDX-License-Identifier: Apache-2.0
"""The process in which a vendor's library runs.

It serves one controller over a socket that it got from it. When the controller goes, however it
goes, the socket ends, and the arm is left at rest.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable

from arm_controller.backends.errors import BackendError
from arm_controller.backends.link import ArmLink
from arm_controller.backends.link_wire import MAX_BYTES
from arm_controller.backends.link_wire import READY
from arm_controller.backends.link_wire import pack_problem
from arm_controller.backends.link_wire import pack_sample
from arm_controller.backends.link_wire import unpack_command


class LinkServer:
    """Lets one controller use a link until the controller goes or the link fails."""

    def __init__(
        self,
        link: ArmLink,
        controller: socket.socket,
        *,
        period_s: float,
        steady_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Prepare.

        Args:
            link: the arm.
            controller: a datagram socket to the controller, taken over.
            period_s: time between two commands.
            steady_ns: steady time [ns].
        """
        self._link = link
        self._socket = controller
        self._wait_s = 2.0 * period_s
        self._steady_ns = steady_ns

    def serve(self) -> None:
        """Connect, exchange until something ends it, and leave the arm at rest."""
        try:
            self._exchange()
        except BackendError as error:
            self._tell(pack_problem(str(error)))
        except Exception as error:
            # Vendors' libraries raise what they like; to the arm it is all the same.
            self._tell(pack_problem(f'{type(error).__name__}: {error}'))
        finally:
            try:
                self._link.close()
            except Exception as error:
                self._tell(pack_problem(f'disconnecting failed: {type(error).__name__}: {error}'))
            self._socket.close()

    def _exchange(self) -> None:
        self._link.open()
        self._tell(READY)
        command: tuple[float, ...] | None = None
        while command != ():
            sample = self._link.exchange(command)
            self._tell(pack_sample(sample, self._steady_ns()))
            command = self._newest_command()

    def _newest_command(self) -> tuple[float, ...] | None:
        """Wait for a command, not longer than two periods.

        Returns:
            The newest one, None if there is none, () when the controller has gone.
        """
        command: tuple[float, ...] | None = None
        wait_s = self._wait_s
        while select.select([self._socket], [], [], wait_s)[0]:
            try:
                data = self._socket.recv(MAX_BYTES)
            except ConnectionError:
                return ()
            if not data:
                return ()
            command = unpack_command(data)
            wait_s = 0.0
        return command

    def _tell(self, data: bytes) -> None:
        try:
            self._socket.send(data, socket.MSG_DONTWAIT)
        except (BlockingIOError, ConnectionError):
            # It does not read, or has gone: the next command, or its absence, tells.
            return


def main(arguments: list[str] | None = None) -> int:
    """Serve the link that the arguments name."""
    # The registry knows the links, and the links know how they are served.
    from arm_controller.backends.registry import make_link
    from arm_controller.backends.registry import parse_backend

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--backend', required=True, help='name and options, as YAML')
    parser.add_argument('--fd', required=True, type=int, help='socket to the controller')
    parser.add_argument('--period', required=True, type=float, help='time between commands [s]')
    parser.add_argument('--priority', default=0, type=int, help='SCHED_FIFO priority, 0: none')
    options = parser.parse_args(arguments)
    # Ctrl-C reaches all processes of a terminal; the controller stops the arm first, then this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if options.priority:
        _request_fifo(options.priority)
    link = make_link(parse_backend(options.backend), period_s=options.period)
    LinkServer(link, socket.socket(fileno=options.fd), period_s=options.period).serve()
    return 0


def _leave(_signum: int, _frame: object) -> None:
    raise SystemExit(0)


def _request_fifo(priority: int) -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        # The controller asked for more, was refused too, and has said so.
        return


if __name__ == '__main__':
    sys.exit(main())
