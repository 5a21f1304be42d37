# SPDX-License-Identifier: Apache-2.0
"""Whether as many samples come as were promised."""

from __future__ import annotations

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.limits import RateLimit
from rho_core.streams.observation import Observation

_NS_PER_S = 1e9


class RateMonitor:
    """Counts samples window by window; each window's verdict stands until the end of the next."""

    __slots__ = ('_count', '_found', '_limit', '_seq', '_since_ns', '_until_ns')
    _count: int
    _found: tuple[StreamFault, ...]
    _seq: int | None
    _since_ns: int | None
    _until_ns: int

    def __init__(self, limit: RateLimit) -> None:
        """Start before the first sample."""
        self._limit = limit
        self.forget()

    def observe(self, item: Observation) -> None:
        """Count a sample, and those that only its number tells of."""
        if self._since_ns is None:
            self._begin(item.received_ns)
        elif item.seq is not None and self._seq is not None and item.seq > self._seq:
            self._count += item.seq - self._seq
        else:
            self._count += 1
        self._seq = item.seq

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        since_ns = self._since_ns
        if since_ns is not None and steady_ns >= self._until_ns:
            rate_hz = self._count * _NS_PER_S / (steady_ns - since_ns)
            self._found = ()
            if rate_hz < self._limit.min_hz:
                self._found = (StreamFault(
                    kind=FaultKind.RATE,
                    detail=f'came at {rate_hz:.1f} Hz, expected at least '
                           f'{self._limit.min_hz:g} Hz'),)
            self._begin(steady_ns)
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._count = 0
        self._seq = None
        self._since_ns = None
        self._until_ns = 0
        self._found = ()

    def _begin(self, steady_ns: int) -> None:
        self._count = 0
        self._since_ns = steady_ns
        self._until_ns = steady_ns + self._limit.window_ns
