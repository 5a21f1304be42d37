# SPDX-License-Identifier: Apache-2.0
"""Whether samples are lost, reordered or replayed, told from their numbers."""

from __future__ import annotations

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.limits import GapLimit
from rho_core.streams.observation import Observation

_NS_PER_S = 1e9
_NO_NUMBER = (StreamFault(kind=FaultKind.FAULTY, detail='expected a number, got none'),)


class SequenceMonitor:
    """Counts lost samples in a bucket that drains at the rate the limit allows."""

    __slots__ = ('_disorder', '_found', '_limit', '_lost', '_lost_ns', '_ordered_ns', '_seq',
                 '_stamp_ns')
    _disorder: str
    _found: tuple[StreamFault, ...]
    _lost: float
    _lost_ns: int
    _ordered_ns: int
    _seq: int | None
    _stamp_ns: int

    def __init__(self, limit: GapLimit) -> None:
        """Start before the first sample."""
        self._limit = limit
        self.forget()

    def observe(self, item: Observation) -> None:
        """Compare a sample's number and stamp with those of the one before."""
        seq = item.seq
        if seq is None:
            self._found = _NO_NUMBER
            return
        self._found = ()
        if self._seq is not None:
            if seq == self._seq + 1 and item.stamp_ns >= self._stamp_ns:
                pass
            elif seq <= self._seq or item.stamp_ns < self._stamp_ns:
                self._disorder = (
                    f'number {seq} after {self._seq}, its stamp '
                    f'{(item.stamp_ns - self._stamp_ns) / _NS_PER_S:.3f} s later')
                self._ordered_ns = item.received_ns + self._limit.window_ns
            else:
                self._lost = self._level(item.received_ns) + seq - self._seq - 1
                self._lost_ns = item.received_ns
        self._seq = seq
        self._stamp_ns = item.stamp_ns

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        if self._found:
            return self._found
        faults: tuple[StreamFault, ...] = ()
        if self._disorder:
            if steady_ns < self._ordered_ns:
                faults = (StreamFault(kind=FaultKind.ORDER, detail=self._disorder),)
            else:
                self._disorder = ''
        if self._lost:
            level = self._level(steady_ns)
            if level > self._limit.max_lost:
                faults += (StreamFault(
                    kind=FaultKind.GAP,
                    detail=f'lost {self._lost:.0f} samples, allowed {self._limit.max_lost} in '
                           f'{self._limit.window_ns / _NS_PER_S:g} s'),)
            elif not level:
                self._lost = 0.0
        return faults

    def forget(self) -> None:
        """Be as before the first sample."""
        self._seq = None
        self._stamp_ns = 0
        self._lost = 0.0
        self._lost_ns = 0
        self._disorder = ''
        self._ordered_ns = 0
        self._found = ()

    def _level(self, steady_ns: int) -> float:
        # A limit of none has nothing to drain by: what is lost counts for one window.
        limit = self._limit
        passed = (steady_ns - self._lost_ns) / limit.window_ns
        return max(0.0, self._lost - passed * max(limit.max_lost, self._lost))
