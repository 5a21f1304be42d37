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
