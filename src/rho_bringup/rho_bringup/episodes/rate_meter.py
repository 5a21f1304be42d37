# SPDX-License-Identifier: Apache-2.0
"""Measures the rate of a topic."""


class RateMeter:
    """Counts messages over the time in which somebody looked."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._count = 0
        self._start_ns: int | None = None
        self._end_ns = 0

    def restart(self, steady_ns: int) -> None:
        """Forget everything and count from now on."""
        self._count = 0
        self._start_ns = steady_ns
        self._end_ns = steady_ns

    def add(self, count: int, steady_ns: int) -> None:
        """Count messages that arrived up to now."""
        if self._start_ns is None:
            self.restart(steady_ns)
        self._count += count
        self._end_ns = steady_ns

    @property
    def rate_hz(self) -> float:
        """Mean rate since the start [Hz], 0 before any time has passed."""
        if self._start_ns is None or self._end_ns <= self._start_ns:
            return 0.0
        return self._count * 1e9 / (self._end_ns - self._start_ns)
