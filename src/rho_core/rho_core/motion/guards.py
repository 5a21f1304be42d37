# SPDX-License-Identifier: Apache-2.0
"""Questions that an arm asks in each cycle; the answer is what is wrong, or an empty string."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rho_core.motion.measurement import Measurement
from rho_core.safety.permit import ArmPermit

_NS_PER_MS = 1e6


def age_problem(
    what: str, stamp_ns: int, received_ns: int, now_ns: int, steady_ns: int, limit_ns: int
) -> str:
    """Return why something is too old or from the future, judged on both clocks."""
    age_ns = max(now_ns - stamp_ns, steady_ns - received_ns)
    if age_ns > limit_ns:
        return f'{what}: {age_ns / _NS_PER_MS:.0f} ms old, allowed {limit_ns / _NS_PER_MS:.0f} ms'
    if stamp_ns - now_ns > limit_ns:
        return f'{what}: {(stamp_ns - now_ns) / _NS_PER_MS:.0f} ms in the future'
    return ''


def permit_problem(
    permit: ArmPermit | None, now_ns: int, steady_ns: int, limit_ns: int
) -> str:
    """Return why there is no permit that counts."""
    if permit is None:
        return 'permit: none received'
    return age_problem('permit', permit.stamp_ns, permit.received_ns, now_ns, steady_ns, limit_ns)


def measurement_problem(
    measured: Measurement | None, joints: int, now_ns: int, steady_ns: int, limit_ns: int
) -> str:
    """Return why the joints are not known."""
    if measured is None:
        return 'joint states: none received'
    if len(measured.positions) != joints:
        return f'joint states: {len(measured.positions)} joints, expected {joints}'
    if not math.isfinite(sum(measured.positions)):
        return f'joint states: expected finite numbers, got {measured.positions}'
    return age_problem('joint states', measured.stamp_ns, measured.received_ns, now_ns, steady_ns,
                       limit_ns)


def tracking_problem(
    commanded: Sequence[float],
    measured: Sequence[float],
    allowed: Sequence[float],
    names: Sequence[str],
) -> str:
    """Return which joint is too far from its command."""
    for i, limit in enumerate(allowed):
        error = commanded[i] - measured[i]
        if not -limit <= error <= limit:
            return (f'tracking: {names[i]} is at {measured[i]:.4f}, commanded '
                    f'{commanded[i]:.4f}, allowed distance {limit:.4f}')
    return ''


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
