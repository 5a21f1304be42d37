# SPDX-License-Identifier: Apache-2.0
"""Keeps old samples from passing for new ones."""

from __future__ import annotations

_RESTART_NS = 1_000_000_000


class OrderGuard:
    """Takes samples in the order of their stamps.

    A stamp that goes back is refused. When nothing but refused stamps has come for a second, the
    source has a new clock: its next sample begins a new order. By then whoever waits for newer
    samples has long stopped.
    """

    def __init__(self) -> None:
        """Start without a sample."""
        self._stamp_ns: int | None = None
        self._taken_ns = 0

    def problem(self, stamp_ns: int, steady_ns: int) -> str:
        """Judge a sample, and remember it when nothing is wrong.

        Args:
            stamp_ns: stamp of the sample [ns, any clock].
            steady_ns: when it arrived [ns, steady clock].

        Returns:
            Why it must not be used, empty when it is newer than all before.
        """
        last_ns = self._stamp_ns
        if last_ns is not None and stamp_ns <= last_ns:
            waited_ns = steady_ns - self._taken_ns
            if stamp_ns == last_ns:
                return 'the same stamp again'
            if waited_ns < _RESTART_NS:
                return f'stamp {(last_ns - stamp_ns) / 1e6:.3f} ms before the last one'
        self._stamp_ns = stamp_ns
        self._taken_ns = steady_ns
        return ''
