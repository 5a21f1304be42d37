# SPDX-License-Identifier: Apache-2.0
"""What a relay does to the serialised messages of one topic."""

from __future__ import annotations

from collections import deque

from rho_bringup.bench.watchdog.relay_order import RelayOrder

# CDR: 4 bytes of encapsulation, then the stamp of the header, 8 bytes.
_TIME_AT = 4
_BODY_AT = 12
_NS_PER_S = 1_000_000_000


class RelayLine:
    """Delays or freezes messages. Times come in as arguments."""

    def __init__(self) -> None:
        """Pass everything on at once."""
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
        order = self._order
        self._newest = data
        if self._kept is not None:
            data = self._kept[:_TIME_AT] + data[_TIME_AT:_BODY_AT] + self._kept[_BODY_AT:]
        self._waiting.append((steady_ns + round(order.delay_s * _NS_PER_S), data))

    def pop(self, steady_ns: int) -> list[bytes]:
        """Return what is due, in the order in which it came."""
        due = []
        while self._waiting and self._waiting[0][0] <= steady_ns:
            due.append(self._waiting.popleft()[1])
        return due
