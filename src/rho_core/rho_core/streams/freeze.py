# SPDX-License-Identifier: Apache-2.0
"""Whether a stream repeats itself: a frozen camera goes on sending its last image."""

from __future__ import annotations

from collections.abc import Callable

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.observation import Observation

_NS_PER_MS = 1e6
_NO_HASH = (StreamFault(kind=FaultKind.FAULTY, detail='expected a hash of its content, got none'),)


def always() -> bool:
    """Return that something moves."""
    return True


class FreezeMonitor:
    """Adds up the time in which samples came and carried what the one before carried.

    A stream that sends nothing is not frozen but late, so time passes from sample to sample.
    Where only the time of motion counts, the fault ends with the motion.
    """

    __slots__ = ('_content', '_found', '_is_moving', '_limit_ns', '_received_ns', '_still_ns')
    _content: int | None
    _found: tuple[StreamFault, ...]
    _received_ns: int
    _still_ns: int

    def __init__(self, limit: FreezeLimit, is_moving: Callable[[], bool] = always) -> None:
        """Start before the first sample.

        Args:
            limit: longest time without a change.
            is_moving: whether an arm moves, asked if only the time of motion counts.
        """
        self._limit_ns = limit.limit_ns
        self._is_moving = is_moving if limit.only_while_moving else always
        self.forget()

    def observe(self, item: Observation) -> None:
        """Compare a sample with the one before."""
        waited_ns = item.received_ns - self._received_ns
        self._received_ns = item.received_ns
        if item.content is None:
            self._found = _NO_HASH
            return
        if item.content != self._content:
            self._content = item.content
            self._still_ns = 0
            self._found = ()
            return
        if self._is_moving():
            self._still_ns += waited_ns
        elif self._found:
            # Only motion can show that it is alive again, and there is none before a reset.
            self._still_ns = 0
            self._found = ()
        if self._still_ns > self._limit_ns:
            self._found = (StreamFault(
                kind=FaultKind.FROZEN,
                detail=f'has carried the same for {self._still_ns / _NS_PER_MS:.0f} ms, allowed '
                       f'{self._limit_ns / _NS_PER_MS:.0f} ms',
            ),)

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._content = None
        self._received_ns = 0
        self._still_ns = 0
        self._found = ()
