# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of a periodic loop with absolute deadlines. Time comes in as an argument.

Deadlines lie on the grid `start + k * period` for ever: a late cycle skips grid points and counts
them as missed, it never shifts the grid. The idea is that of the ros2_control controller manager.
"""

from dataclasses import dataclass

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopTime:
    """What a periodic tick knows about time.

    Attributes:
        cycle: number of this tick, counted from 0.
        steady_ns: monotonic time at which the tick woke [ns].
        deadline_ns: monotonic time at which it should have woken [ns].
        missed: cycles skipped between the previous tick and this one.
        period_ns: nominal time between two ticks [ns].
    """

    cycle: int
    steady_ns: int
    deadline_ns: int
    missed: int
    period_ns: int

    @property
    def lateness_ns(self) -> int:
        """How long after its deadline the tick woke [ns]."""
        return self.steady_ns - self.deadline_ns

    @property
    def elapsed_ns(self) -> int:
        """Distance of this deadline from that of the previous tick [ns]."""
        return (1 + self.missed) * self.period_ns


def next_deadline_ns(steady_ns: int, period_ns: int, phase_ns: int = 0) -> int:
    """Returns the first point after `steady_ns` of the grid `k * period + phase` [ns].

    Loops of equal period that start on this grid stand in a fixed relation to each other, also in
    different processes: they share the steady clock.
    """
    return (steady_ns - phase_ns) // period_ns * period_ns + period_ns + phase_ns


class Pacer:
    """Keeps the deadlines of one loop on their grid."""

    __slots__ = ('_cycle', '_deadline_ns', '_missed', '_missed_total', '_period_ns')

    def __init__(self, *, period_ns: int, start_ns: int) -> None:
        """Puts the first deadline at the start.

        Args:
            period_ns: time between two deadlines [ns].
            start_ns: monotonic time of the first deadline [ns].

        Raises:
            ConfigError: the period is not a positive whole number.
        """
        if not isinstance(period_ns, int) or period_ns <= 0:
            raise ConfigError(f'loop period: expected a positive whole number of nanoseconds, '
                              f'got {period_ns!r}')
        self._period_ns = period_ns
        self._deadline_ns = start_ns
        self._cycle = 0
        self._missed = 0
        self._missed_total = 0

    @property
    def deadline_ns(self) -> int:
        """Monotonic time of the coming tick [ns]."""
        return self._deadline_ns

    @property
    def missed_total(self) -> int:
        """Cycles skipped since the start."""
        return self._missed_total

    def wake(self, steady_ns: int) -> LoopTime:
        """Describes the tick that wakes at `steady_ns` for the present deadline."""
        return LoopTime(
            cycle=self._cycle,
            steady_ns=steady_ns,
            deadline_ns=self._deadline_ns,
            missed=self._missed,
            period_ns=self._period_ns,
        )

    def advance(self, steady_ns: int) -> int:
        """Moves to the next deadline that is not in the past.

        Args:
            steady_ns: monotonic time at the end of the tick [ns].

        Returns:
            Cycles skipped because their deadline had passed: ceil((now - next) / period).
        """
        following_ns = self._deadline_ns + self._period_ns
        late_ns = steady_ns - following_ns
        self._missed = -(-late_ns // self._period_ns) if late_ns > 0 else 0
        self._missed_total += self._missed
        self._deadline_ns = following_ns + self._missed * self._period_ns
        self._cycle += 1
        return self._missed
