# SPDX-License-Identifier: Apache-2.0
"""Steps of the ROS clock and stalls of the caller, seen from the steady clock."""

from __future__ import annotations

_NS_PER_MS = 1e6


class ClockGuard:
    """Notices steps of the ROS clock and stalls of the caller."""

    def __init__(self, *, jump_ns: int, stall_ns: int) -> None:
        """Set the limits.

        Args:
            jump_ns: largest change of ROS time against steady time between two calls.
            stall_ns: longest time between two calls.
        """
        self._jump_ns = jump_ns
        self._stall_ns = stall_ns
        self._last: tuple[int, int] | None = None

    def check(self, now_ns: int, steady_ns: int) -> tuple[str, str]:
        """Return what is wrong with the clock, and with the caller's own timing."""
        last, self._last = self._last, (now_ns, steady_ns)
        if last is None:
            return '', ''
        elapsed_ns = steady_ns - last[1]
        jump_ns = now_ns - last[0] - elapsed_ns
        jump = ''
        stall = ''
        if not -self._jump_ns <= jump_ns <= self._jump_ns:
            jump = f'clock: ROS time jumped by {jump_ns / _NS_PER_MS:.0f} ms'
        if not 0 <= elapsed_ns <= self._stall_ns:
            stall = (f'loop: {elapsed_ns / _NS_PER_MS:.0f} ms between two cycles, allowed '
                     f'{self._stall_ns / _NS_PER_MS:.0f} ms')
        return jump, stall
