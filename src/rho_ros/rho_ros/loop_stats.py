# SPDX-License-Identifier: Apache-2.0
"""Wake-up statistics of a periodic loop, recorded without allocation."""

from array import array
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStats:
    """How well a loop kept its deadlines. Percentiles are over the last recorded ticks.

    Attributes:
        cycles: ticks since start.
        missed: cycles skipped since start.
        late_p50_us: median wake lateness [us].
        late_p99_us: 99th percentile of the wake lateness [us].
        late_p999_us: 99.9th percentile of the wake lateness [us].
        late_max_us: largest wake lateness since the statistics were read before [us].
        tick_max_us: longest tick since the statistics were read before [us].
    """

    cycles: int
    missed: int
    late_p50_us: float
    late_p99_us: float
    late_p999_us: float
    late_max_us: float
    tick_max_us: float


class LoopRecorder:
    """Ring of the last wake latenesses. One thread writes, any thread reads."""

    __slots__ = ('_cycles', '_late_max_ns', '_late_ns', '_missed', '_size', '_tick_max_ns')

    def __init__(self, size: int = 4096) -> None:
        """Allocates room for the last `size` ticks."""
        self._size = size
        self._late_ns = array('q', [0]) * size
        self._cycles = 0
        self._missed = 0
        self._late_max_ns = 0
        self._tick_max_ns = 0

    @property
    def cycles(self) -> int:
        """Ticks recorded."""
        return self._cycles

    @property
    def missed(self) -> int:
        """Cycles skipped."""
        return self._missed

    def record(self, late_ns: int, tick_ns: int, missed: int) -> None:
        """Adds one tick: its wake lateness, its duration, the cycles skipped after it."""
        self._late_ns[self._cycles % self._size] = late_ns
        self._cycles += 1
        self._missed += missed
        if late_ns > self._late_max_ns:
            self._late_max_ns = late_ns
        if tick_ns > self._tick_max_ns:
            self._tick_max_ns = tick_ns

    def read(self) -> LoopStats:
        """Summarises; the maxima start anew."""
        late_max_ns, self._late_max_ns = self._late_max_ns, 0
        tick_max_ns, self._tick_max_ns = self._tick_max_ns, 0
        late_us = np.frombuffer(self._late_ns, dtype=np.int64)[: self._cycles] / 1e3
        percentiles = np.percentile(late_us, (50, 99, 99.9)) if late_us.size else (0.0, 0.0, 0.0)
        return LoopStats(
            cycles=self._cycles,
            missed=self._missed,
            late_p50_us=float(percentiles[0]),
            late_p99_us=float(percentiles[1]),
            late_p999_us=float(percentiles[2]),
            late_max_us=late_max_ns / 1e3,
            tick_max_us=tick_max_ns / 1e3,
        )

    def take_late_max_us(self) -> float:
        """Largest wake lateness since the maxima were read [us]; cheap enough for a tick."""
        late_max_ns, self._late_max_ns = self._late_max_ns, 0
        return late_max_ns / 1e3

    def take_tick_max_us(self) -> float:
        """Longest tick since the maxima were read [us]; cheap enough for a tick."""
        tick_max_ns, self._tick_max_ns = self._tick_max_ns, 0
        return tick_max_ns / 1e3
