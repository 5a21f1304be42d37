# SPDX-License-Identifier: Apache-2.0
"""A delay that a fault cannot evade by coming and going."""

from __future__ import annotations

_RECOVERY = 4


class TripTimer:
    """Runs down while a fault is present and recovers four times slower [PX4's failsafe]."""

    __slots__ = ('_left_ns', '_limit_ns')

    def __init__(self, limit_ns: int) -> None:
        """Start full.

        Args:
            limit_ns: time after which it trips.
        """
        self._limit_ns = limit_ns
        self._left_ns = limit_ns

    @property
    def has_tripped(self) -> bool:
        """Whether the time has run out."""
        return self._left_ns <= 0

    @property
    def is_full(self) -> bool:
        """Whether nothing is left of what was there."""
        return self._left_ns >= self._limit_ns

    def run(self, elapsed_ns: int) -> None:
        """Count time with the fault."""
        self._left_ns = max(0, self._left_ns - elapsed_ns)

    def recover(self, elapsed_ns: int) -> None:
        """Count time without the fault."""
        self._left_ns = min(self._limit_ns, self._left_ns + elapsed_ns // _RECOVERY)
