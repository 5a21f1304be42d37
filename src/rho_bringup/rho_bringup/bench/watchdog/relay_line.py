# SPDX-License-Identifier: Apache-2.0
"""What a relay does to the serialised messages of one topic."""

from __future__ import annotations

import struct
from collections import deque

from rho_bringup.bench.watchdog.relay_order import RelayOrder

# CDR: 4 bytes of encapsulation, then the stamp of the header or the time of a clock message.
_TIME_AT = 4
_TIME = struct.Struct('<iI')
_TIME_BIG = struct.Struct('>iI')
_BODY_AT = _TIME_AT + _TIME.size
_NS_PER_S = 1_000_000_000


class RelayLine:
    """Delays, freezes or re-stamps messages. Times come in as arguments."""

    def __init__(self, least_gap_s: float = 0.0) -> None:
        """Pass everything on at once.

        Args:
            least_gap_s: Messages that come sooner after one that was passed on are dropped.
        """
        self._least_gap_ns = round(least_gap_s * _NS_PER_S)
        self._passed_ns: int | None = None
        self._order = RelayOrder()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._newest: bytes | None = None
        self._kept: bytes | None = None

    def obey(self, order: RelayOrder) -> None:
        """Do something else from the next message on; what waits keeps its time."""
        self._order = order
        self._kept = self._newest if order.is_frozen else None

    def push(self, data: bytes, steady_ns: int) -> None:
        """Take a message that has arrived."""
        if self._passed_ns is not None and steady_ns - self._passed_ns < self._least_gap_ns:
            return
        self._passed_ns = steady_ns
        order = self._order
        self._newest = data
        if self._kept is not None:
            data = self._kept[:_TIME_AT] + data[_TIME_AT:_BODY_AT] + self._kept[_BODY_AT:]
        if order.shift_s:
            data = shifted(data, round(order.shift_s * _NS_PER_S))
        self._waiting.append((steady_ns + round(order.delay_s * _NS_PER_S), data))

    def pop(self, steady_ns: int) -> list[bytes]:
        """Return what is due, in the order in which it came."""
        due = []
        while self._waiting and self._waiting[0][0] <= steady_ns:
            due.append(self._waiting.popleft()[1])
        return due


def shifted(data: bytes, shift_ns: int) -> bytes:
    """Return a serialised message with something added to the time it begins with."""
    layout = _TIME if data[1] & 1 else _TIME_BIG
    sec, nanosec = layout.unpack_from(data, _TIME_AT)
    moved = divmod(sec * _NS_PER_S + nanosec + shift_ns, _NS_PER_S)
    return data[:_TIME_AT] + layout.pack(*moved) + data[_BODY_AT:]
