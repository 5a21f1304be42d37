# SPDX-License-Identifier: Apache-2.0
"""Whether two streams that belong together are apart in time."""

from __future__ import annotations

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.freshness import FreshnessMonitor

_NS_PER_MS = 1e6


class SkewMonitor:
    """Compares the newest stamps of two streams. One that has not begun is not behind."""

    __slots__ = ('_first', '_max_skew_ns', '_names', '_second')

    def __init__(
        self,
        first: FreshnessMonitor,
        second: FreshnessMonitor,
        *,
        max_skew_ns: int,
        names: tuple[str, str],
    ) -> None:
        """Watch two streams through the monitors that they have anyway."""
        self._first = first
        self._second = second
        self._max_skew_ns = max_skew_ns
        self._names = names

    def check(self) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        first_ns = self._first.stamp_ns
        second_ns = self._second.stamp_ns
        if first_ns is None or second_ns is None:
            return ()
        skew_ns = first_ns - second_ns
        if -self._max_skew_ns <= skew_ns <= self._max_skew_ns:
            return ()
        behind = self._names[1 if skew_ns > 0 else 0]
        return (StreamFault(
            kind=FaultKind.SKEW,
            detail=f'{behind} is {abs(skew_ns) / _NS_PER_MS:.0f} ms behind, allowed '
                   f'{self._max_skew_ns / _NS_PER_MS:.0f} ms'),)
