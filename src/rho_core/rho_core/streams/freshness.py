# SPDX-License-Identifier: Apache-2.0
"""Whether a stream delivers in time. A stream that never started is as bad as one that stopped."""

from __future__ import annotations

from rho_core.errors import ConfigError
from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation

_NS_PER_MS = 1e6
_NEVER = (StreamFault(kind=FaultKind.NEVER, detail='nothing received yet'),)


class FreshnessMonitor:
    """Watches the newest sample of one stream on both clocks.

    A sample is late when its stamp or its reception is too old, whichever is worse: a wrong clock
    hides a dead stream from the first, a queue that drains hides an old sample from the second.
    """

    __slots__ = ('_deadline_ns', '_max_lead_ns', '_received_ns', '_stamp_ns')

    def __init__(self, *, deadline_ns: int, max_lead_ns: int = 50_000_000) -> None:
        """Start as never delivered.

        Args:
            deadline_ns: largest age of the newest sample.
            max_lead_ns: how far a stamp may lie in the future.

        Raises:
            ConfigError: the deadline is not positive or the lead is negative.
        """
        if deadline_ns <= 0 or max_lead_ns < 0:
            raise ConfigError(f'expected a positive deadline and a lead >= 0, got {deadline_ns} '
                              f'and {max_lead_ns} ns')
        self._deadline_ns = deadline_ns
        self._max_lead_ns = max_lead_ns
        self._stamp_ns: int | None = None
        self._received_ns = 0

    @property
    def stamp_ns(self) -> int | None:
        """Stamp of the newest sample [ns, ROS time], None before the first one."""
        return self._stamp_ns

    def observe(self, item: Observation) -> None:
        """Take note of a sample."""
        self._stamp_ns = item.stamp_ns
        self._received_ns = item.received_ns

    def forget(self) -> None:
        """Be as before the first sample."""
        self._stamp_ns = None

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        stamp_ns = self._stamp_ns
        if stamp_ns is None:
            return _NEVER
        age_ns = now_ns - stamp_ns
        waited_ns = steady_ns - self._received_ns
        if age_ns > self._deadline_ns or waited_ns > self._deadline_ns:
            return (StreamFault(
                kind=FaultKind.LATE,
                detail=f'newest is {max(age_ns, waited_ns) / _NS_PER_MS:.0f} ms old, allowed '
                       f'{self._deadline_ns / _NS_PER_MS:.0f} ms',
            ),)
        if age_ns < -self._max_lead_ns:
            return (StreamFault(
                kind=FaultKind.FUTURE,
                detail=f'stamp lies {-age_ns / _NS_PER_MS:.0f} ms in the future, allowed '
                       f'{self._max_lead_ns / _NS_PER_MS:.0f} ms',
            ),)
        return ()
