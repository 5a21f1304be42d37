# SPDX-License-Identifier: Apache-2.0
"""Lets other threads run something in the simulation's thread, between two steps."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from rho_core.errors import Refused

ResultT = TypeVar('ResultT')


class Mailbox:
    """Calls wait here until the owner's thread serves them."""

    def __init__(self) -> None:
        """Start closed."""
        self._lock = threading.Lock()
        self._waiting: list[tuple[Callable[[], object], Future[object]]] = []
        self._is_open = False

    def open(self) -> None:
        """Accept calls."""
        with self._lock:
            self._is_open = True

    def close(self) -> None:
        """Refuse calls, those that wait included."""
        with self._lock:
            self._is_open = False
            waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            future.set_exception(Refused('the simulator has been deactivated'))

    def call(self, action: Callable[[], ResultT], timeout_s: float) -> ResultT:
        """Run an action in the owner's thread and return its result.

        Raises:
            Refused: when the simulator does not run or does not answer in time.
        """
        future: Future[object] = Future()
        with self._lock:
            if not self._is_open:
                raise Refused('the simulator is not active: activate it first')
            self._waiting.append((action, future))
        try:
            return future.result(timeout_s)  # type: ignore[return-value]
        except TimeoutError as error:
            raise Refused(f'the simulator did not answer within {timeout_s} s') from error

    def serve(self) -> None:
        """Run what waits; called by the owner's thread."""
        if not self._waiting:
            return
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for action, future in waiting:
            try:
                future.set_result(action())
            except Exception as error:  # handed to the one who called
                future.set_exception(error)
