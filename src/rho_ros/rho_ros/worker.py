# SPDX-License-Identifier: Apache-2.0
"""A thread that repeats one step until it is stopped or the step raises."""

import threading
from collections.abc import Callable

from rho_core.errors import RhoError


class WorkerError(RhoError):
    """A worker was used in a wrong state or did not end in time."""


class Worker:
    """Repeats `step`, which must return within a bounded time, in a thread of its own.

    The step itself waits for what it works on (a device, an event) with a time-out. An exception
    ends the worker and goes to `on_error`.
    """

    def __init__(
        self,
        step: Callable[[], object],
        name: str,
        *,
        on_error: Callable[[BaseException], object] | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        """Prepares the worker; `start` runs it.

        Args:
            step: called again and again, in the worker's thread.
            name: name of the thread and in messages.
            on_error: called once, in the worker's thread, with what was raised.
            prepare: called once before the first step, in the worker's thread.
        """
        self._step = step
        self._name = name
        self._on_error = on_error
        self._prepare = prepare
        self._stop_requested = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    @property
    def name(self) -> str:
        """Name of the worker."""
        return self._name

    @property
    def is_running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        """Whether `stop` was called since the last start; a long step asks now and then."""
        return self._stop_requested.is_set()

    @property
    def error(self) -> BaseException | None:
        """What the step raised, None as long as it has not."""
        return self._error

    def start(self) -> None:
        """Starts the thread.

        Raises:
            WorkerError: it is running already.
        """
        if self.is_running:
            raise WorkerError(f"'{self._name}' is running already: stop it first")
        self._stop_requested.clear()
        self._error = None
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Ends the worker after the step in progress. Does nothing when it is not running.

        Raises:
            WorkerError: the step in progress did not return in time.
        """
        self._stop_requested.set()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        thread.join(timeout_s)
        if thread.is_alive():
            raise WorkerError(
                f"'{self._name}' did not end within {timeout_s} s: its step does not return"
            )
        self._thread = None

    def _run(self) -> None:
        try:
            if self._prepare is not None:
                self._prepare()
            while not self._stop_requested.is_set():
                self._step()
        except BaseException as error:
            self._error = error
            if self._on_error is None:
                raise
            self._on_error(error)
