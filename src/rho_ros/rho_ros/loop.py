# SPDX-License-Identifier: Apache-2.0
"""A periodic loop in a thread of its own, with absolute deadlines on the steady clock."""

from collections.abc import Callable
import threading
import time

from rclpy.logging import get_logger

from rho_core.errors import ConfigError
from rho_core.errors import RhoError
from rho_core.pacing import LoopTime
from rho_core.pacing import Pacer
from rho_ros.loop_stats import LoopRecorder
from rho_ros.loop_stats import LoopStats
from rho_ros.realtime import request_fifo

__all__ = ['LoopError', 'LoopStats', 'LoopTime', 'PeriodicLoop']

# A stop request is seen within this time, however long the period is.
_LONGEST_SLEEP_S = 0.05


class LoopError(RhoError):
    """A loop was used in a wrong state or did not end in time."""


class PeriodicLoop:
    """Calls `tick` each period until it is stopped or `tick` raises.

    Deadlines keep their phase: a late tick skips cycles, which are counted, and never shifts the
    ones after it. An exception in `tick` ends the loop and goes to `on_error`.
    """

    def __init__(
        self,
        period_ns: int,
        tick: Callable[[LoopTime], None],
        name: str,
        realtime_priority: int | None = None,
        *,
        on_error: Callable[[BaseException], None] | None = None,
        on_warning: Callable[[str], None] | None = None,
    ) -> None:
        """Prepares the loop; `start` runs it.

        Args:
            period_ns: time between two ticks [ns].
            tick: called each period, in the loop's thread.
            name: name of the thread and in messages.
            realtime_priority: SCHED_FIFO priority 1..99, None for the ordinary scheduler.
            on_error: called once, in the loop's thread, with what `tick` raised.
            on_warning: called when the priority is refused. Default: the ROS log.

        Raises:
            ConfigError: the period or the priority is out of range.
        """
        if realtime_priority is not None and not 1 <= realtime_priority <= 99:
            raise ConfigError(
                f"loop '{name}': expected a real-time priority of 1..99, got {realtime_priority}"
            )
        Pacer(period_ns=period_ns, start_ns=0)
        self._period_ns = period_ns
        self._tick = tick
        self._name = name
        self._realtime_priority = realtime_priority
        self._on_error = on_error
        self._on_warning = on_warning or get_logger(name).warning
        self._stop_requested = threading.Event()
        self._recorder = LoopRecorder()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    @property
    def name(self) -> str:
        """Name of the loop."""
        return self._name

    @property
    def is_running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def error(self) -> BaseException | None:
        """What `tick` raised, None as long as it has not."""
        return self._error

    @property
    def recorder(self) -> LoopRecorder:
        """Counters that a tick may read cheaply."""
        return self._recorder

    def start(self) -> None:
        """Starts the thread; the first tick comes at once.

        Raises:
            LoopError: it is running already.
        """
        if self.is_running:
            raise LoopError(f"loop '{self._name}' is running already: stop it first")
        self._stop_requested.clear()
        self._error = None
        self._recorder = LoopRecorder()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Ends the loop after the tick in progress. Does nothing when it is not running.

        Raises:
            LoopError: the tick in progress did not return in time.
        """
        self._stop_requested.set()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        thread.join(timeout_s)
        if thread.is_alive():
            raise LoopError(
                f"loop '{self._name}' did not end within {timeout_s} s: its tick does not return"
            )
        self._thread = None

    def stats(self) -> LoopStats:
        """Summarises the wake-ups; the maxima start anew with each call."""
        return self._recorder.read()

    def _run(self) -> None:
        try:
            if self._realtime_priority is not None:
                problem = request_fifo(self._realtime_priority)
                if problem is not None:
                    self._on_warning(f"loop '{self._name}': {problem}")
            self._cycle()
        except BaseException as error:  # noqa: BLE001 - a thread has nobody above it to tell
            self._error = error
            if self._on_error is None:
                raise
            self._on_error(error)

    def _cycle(self) -> None:
        clock = time.monotonic_ns
        recorder = self._recorder
        pacer = Pacer(period_ns=self._period_ns, start_ns=clock())
        while self._sleep_until(pacer.deadline_ns):
            woken_ns = clock()
            late_ns = woken_ns - pacer.deadline_ns
            self._tick(pacer.wake(woken_ns))
            ended_ns = clock()
            recorder.record(late_ns, ended_ns - woken_ns, pacer.advance(ended_ns))

    def _sleep_until(self, deadline_ns: int) -> bool:
        """Sleeps on the steady clock; False when the loop must end."""
        stopped = self._stop_requested.is_set
        while not stopped():
            remaining_s = (deadline_ns - time.monotonic_ns()) * 1e-9
            if remaining_s <= 0.0:
                return True
            time.sleep(min(remaining_s, _LONGEST_SLEEP_S))
        return False
