# SPDX-License-Identifier: Apache-2.0
"""A periodic loop in a thread of its own, with absolute deadlines on the steady clock."""

import time
from collections.abc import Callable

from rclpy.logging import get_logger

from rho_core.errors import ConfigError
from rho_core.pacing import LoopTime
from rho_core.pacing import Pacer
from rho_core.pacing import next_deadline_ns
from rho_ros.loop_stats import LoopRecorder
from rho_ros.loop_stats import LoopStats
from rho_ros.realtime import SUPPORT_PRIORITY
from rho_ros.realtime import become_real_time
from rho_ros.worker import Worker

__all__ = ['LoopStats', 'LoopTime', 'PeriodicLoop']

# A stop request is seen within this time, however long the period is.
_LONGEST_SLEEP_S = 0.05

STATS_WINDOW_S = 60.0
"""Time over which the percentiles of a loop's statistics are taken [s]."""


class PeriodicLoop:
    """Calls `tick` each period until it is stopped or `tick` raises.

    Deadlines are the multiples of the period on the steady clock plus a phase, so loops of equal
    period stand in a fixed relation to each other, also in different processes: those of equal
    phase wake together, those half a period apart never compete for a core. A late tick skips
    cycles, which are counted, and never shifts the ones after it. An exception in `tick` ends the
    loop and goes to `on_error`.
    """

    def __init__(
        self,
        period_ns: int,
        tick: Callable[[LoopTime], None],
        name: str,
        realtime_priority: int | None = None,
        *,
        support_priority: int | None = SUPPORT_PRIORITY,
        phase_ns: int = 0,
        early_ns: int = 0,
        stats_window_s: float = STATS_WINDOW_S,
        on_error: Callable[[BaseException], object] | None = None,
        on_warning: Callable[[str], object] | None = None,
    ) -> None:
        """Prepares the loop; `start` runs it.

        Args:
            period_ns: time between two ticks [ns].
            tick: called each period, in the loop's thread.
            name: name of the thread and in messages.
            realtime_priority: SCHED_FIFO priority 1..99, None for the ordinary scheduler.
            support_priority: SCHED_FIFO priority of the process' other threads. A process that
                is there for the loop gives them all one just below it: any of them may hold what
                the loop waits for. None, where they compute a lot: real-time threads that take
                nearly all of a core make the kernel halt all of them for the others' sake, for up
                to 50 ms.
            phase_ns: distance of the deadlines from the multiples of the period [ns].
            early_ns: how long before a deadline a loop with real-time priority ends its sleep and
                waits actively [ns]. What the system takes to wake it is over by the deadline, at
                the price of so much of a core.
            stats_window_s: time over which the percentiles of `stats` are taken [s].
            on_error: called once, in the loop's thread, with what `tick` raised.
            on_warning: called when the priority is refused. Default: the ROS log.

        Raises:
            ConfigError: the period or the priority is out of range.
        """
        if realtime_priority is not None and not 1 <= realtime_priority <= 99:
            raise ConfigError(
                f"loop '{name}': expected a real-time priority of 1..99, got {realtime_priority}"
            )
        self._period_ns = period_ns
        self._tick = tick
        self._realtime_priority = realtime_priority
        self._on_warning = on_warning or get_logger(name).warning
        self._support_priority = support_priority
        self._phase_ns = phase_ns
        self._wanted_early_ns = early_ns
        self._early_ns = 0
        self._pacer = Pacer(period_ns=period_ns, start_ns=0)
        self._window = round(stats_window_s * 1e9 / period_ns)
        self._recorder = LoopRecorder(self._window)
        self._worker = Worker(self._step, name, on_error=on_error, prepare=self._prepare)

    @property
    def name(self) -> str:
        """Name of the loop."""
        return self._worker.name

    @property
    def is_running(self) -> bool:
        """Whether the thread is alive."""
        return self._worker.is_running

    @property
    def error(self) -> BaseException | None:
        """What `tick` raised, None as long as it has not."""
        return self._worker.error

    @property
    def recorder(self) -> LoopRecorder:
        """Counters that a tick may read cheaply."""
        return self._recorder

    def start(self) -> None:
        """Starts the thread; the first tick comes at the next deadline.

        Raises:
            WorkerError: it is running already.
        """
        self._worker.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Ends the loop after the tick in progress. Does nothing when it is not running.

        Raises:
            WorkerError: the tick in progress did not return in time.
        """
        self._worker.stop(timeout_s)

    def stats(self) -> LoopStats:
        """Summarises the wake-ups of the window."""
        return self._recorder.read()

    def _prepare(self) -> None:
        is_granted = become_real_time(
            self._realtime_priority, self.name, self._on_warning, self._support_priority)
        self._recorder = LoopRecorder(self._window)
        # Without the priority others would only lose the time.
        self._early_ns = self._wanted_early_ns if is_granted else 0
        if is_granted:
            self._recorder.realtime = f'SCHED_FIFO {self._realtime_priority}'
        self._pacer = Pacer(
            period_ns=self._period_ns,
            start_ns=next_deadline_ns(time.monotonic_ns(), self._period_ns, self._phase_ns),
        )

    def _step(self) -> None:
        deadline_ns = self._pacer.deadline_ns
        now_ns = time.monotonic_ns
        woken_ns = now_ns()
        left_ns = deadline_ns - self._early_ns - woken_ns
        if left_ns > 0:
            time.sleep(min(left_ns * 1e-9, _LONGEST_SLEEP_S))
            woken_ns = now_ns()
            if woken_ns < deadline_ns - self._early_ns or self._worker.is_stopping:
                return
        while woken_ns < deadline_ns:
            woken_ns = now_ns()
        self._tick(self._pacer.wake(woken_ns))
        ended_ns = time.monotonic_ns()
        missed = self._pacer.advance(ended_ns)
        self._recorder.record(woken_ns - deadline_ns, ended_ns - woken_ns, missed)
