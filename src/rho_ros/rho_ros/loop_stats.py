# SPDX-License-Identifier: Apache-2.0
"""Wake-up statistics of a periodic loop, recorded without allocation."""

from dataclasses import dataclass
from dataclasses import field

from rho_ros.duration_window import DurationWindow
from rho_ros.duration_window import Percentiles

_DEFAULT_SIZE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStats:
    """How well a loop keeps its deadlines.

    Attributes:
        cycles: Ticks since start.
        missed_cycles: Cycles skipped since start.
        wake_late_us: Wake lateness over the window [us].
        tick_us: Length of the ticks over the window [us].
        realtime: How the loop's thread is scheduled: 'SCHED_FIFO 80' or 'no'.
    """

    cycles: int
    missed_cycles: int
    wake_late_us: Percentiles = field(default_factory=Percentiles)
    tick_us: Percentiles = field(default_factory=Percentiles)
    realtime: str = 'no'

    def key_values(self) -> dict[str, str]:
        """Returns the statistics as they stand in a diagnostic message."""
        texts = {'cycles': str(self.cycles), 'missed_cycles': str(self.missed_cycles)}
        for name in ('wake_late_us', 'tick_us'):
            values = getattr(self, name)
            for key in ('p50', 'p99', 'p99_9', 'max'):
                texts[f'{name}_{key}'] = f'{getattr(values, key):.1f}'
        return {**texts, 'realtime': self.realtime}


class LoopRecorder:
    """Records the ticks of one loop. One thread writes, any thread reads."""

    __slots__ = ('_cycles', '_late', '_late_max_ns', '_missed', '_tick', '_tick_max_ns',
                 'realtime')

    def __init__(self, size: int = _DEFAULT_SIZE) -> None:
        """Allocates room for the last `size` ticks."""
        self._late = DurationWindow(size)
        self._tick = DurationWindow(size)
        self._cycles = 0
        self._missed = 0
        self._late_max_ns = 0
        self._tick_max_ns = 0
        self.realtime = 'no'

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
        self._late.add(late_ns)
        self._tick.add(tick_ns)
        self._cycles += 1
        self._missed += missed
        if late_ns > self._late_max_ns:
            self._late_max_ns = late_ns
        if tick_ns > self._tick_max_ns:
            self._tick_max_ns = tick_ns

    def read(self) -> LoopStats:
        """Summarises the window, in some 60 us."""
        return LoopStats(
            cycles=self._cycles,
            missed_cycles=self._missed,
            wake_late_us=self._late.percentiles(),
            tick_us=self._tick.percentiles(),
            realtime=self.realtime,
        )

    def take_late_max_us(self) -> float:
        """Largest wake lateness since this was asked before [us]; cheap enough for a tick."""
        late_max_ns, self._late_max_ns = self._late_max_ns, 0
        return late_max_ns / 1e3

    def take_tick_max_us(self) -> float:
        """Longest tick since this was asked before [us]; cheap enough for a tick."""
        tick_max_ns, self._tick_max_ns = self._tick_max_ns, 0
        return tick_max_ns / 1e3
