# SPDX-License-Identifier: Apache-2.0
"""Whether a stream delivers in time. A stream that never started is as bad as one that stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rho_core.errors import ConfigError

_NS_PER_MS = 1e6


class FaultKind(Enum):
    """What is wrong with a stream; the values end the names of causes."""

    NEVER = 'never'
    LATE = 'late'
    FUTURE = 'future'


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFault:
    """What is wrong with a stream now.

    Attributes:
        kind: kind of fault.
        detail: expected and got, for a person.
    """

    kind: FaultKind
    detail: str


class StreamMonitor:
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

    def observe(self, stamp_ns: int, received_ns: int) -> None:
        """Take note of a sample: its stamp [ROS time] and its reception [steady time]."""
        self._stamp_ns = stamp_ns
        self._received_ns = received_ns

    def forget(self) -> None:
        """Be as before the first sample."""
        self._stamp_ns = None

    def check(self, now_ns: int, steady_ns: int) -> StreamFault | None:
        """Return what is wrong now, None when nothing is."""
        stamp_ns = self._stamp_ns
        if stamp_ns is None:
            return StreamFault(kind=FaultKind.NEVER, detail='nothing received yet')
        age_ns = max(now_ns - stamp_ns, steady_ns - self._received_ns)
        if age_ns > self._deadline_ns:
            return StreamFault(
                kind=FaultKind.LATE,
                detail=f'newest is {age_ns / _NS_PER_MS:.0f} ms old, allowed '
                       f'{self._deadline_ns / _NS_PER_MS:.0f} ms',
            )
        if stamp_ns - now_ns > self._max_lead_ns:
            return StreamFault(
                kind=FaultKind.FUTURE,
                detail=f'stamp lies {(stamp_ns - now_ns) / _NS_PER_MS:.0f} ms in the future, '
                       f'allowed {self._max_lead_ns / _NS_PER_MS:.0f} ms',
            )
        return None
