# SPDX-License-Identifier: Apache-2.0
"""Notices a sensor that sends the same bytes again and again."""


class RepeatDetector:
    """A real reading is never exactly the same for long: its noise changes the last bits."""

    __slots__ = ('_limit_ns', '_payload', '_since_ns')

    def __init__(self, limit_ns: int) -> None:
        """Sets how long the same bytes are believed [ns]."""
        self._limit_ns = limit_ns
        self._payload = b''
        self._since_ns = 0

    def is_stale(self, payload: bytes, steady_ns: int) -> bool:
        """Whether the same bytes have been coming for longer than the limit."""
        if payload != self._payload:
            self._payload = payload
            self._since_ns = steady_ns
            return False
        return steady_ns - self._since_ns > self._limit_ns
