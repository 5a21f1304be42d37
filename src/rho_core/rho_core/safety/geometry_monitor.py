# SPDX-License-Identifier: Apache-2.0
"""What the geometry guard's judgement means for each arm."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.safety.geometry_status import GeometryStatus
from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation


class GeometryMonitor:
    """Turns a judgement into faults per arm; what makes no sense is a fault as well."""

    __slots__ = ('_arms', '_found')

    def __init__(self, arms: Sequence[str]) -> None:
        """Start before the first sample.

        Args:
            arms: arms that each judgement must speak about.
        """
        self._arms = tuple(arms)
        self._found: tuple[StreamFault, ...] = ()

    def observe(self, item: Observation) -> None:
        """Judge the judgement."""
        status = item.value
        if not isinstance(status, GeometryStatus):
            self._found = (_faulty(f'expected a judgement, got {status!r}'),)
        elif not len(status.arms) == len(status.speed_scales) == len(status.blocked):
            self._found = (_faulty(
                f'expected one speed scale and one verdict per arm, got {len(status.arms)} arms, '
                f'{len(status.speed_scales)} scales, {len(status.blocked)} verdicts'),)
        else:
            found: tuple[StreamFault, ...] = ()
            for arm in self._arms:
                found += _judge(arm, status)
            self._found = found

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._found = ()


def _judge(arm: str, status: GeometryStatus) -> tuple[StreamFault, ...]:
    if arm not in status.arms:
        return (_faulty(f'expected a judgement of {arm}, got '
                        f'{", ".join(status.arms) or "none"}', arm),)
    index = status.arms.index(arm)
    scale = status.speed_scales[index]
    if status.blocked[index]:
        return (StreamFault(kind=FaultKind.BLOCKED, part=arm,
                            detail=status.detail or 'closer than allowed'),)
    if scale == 1.0:
        return ()
    if not 0.0 <= scale <= 1.0:
        return (_faulty(f'expected a speed scale in [0, 1], got {scale}', arm),)
    return (StreamFault(kind=FaultKind.NEAR, part=arm, speed_scale=scale,
                        detail=status.detail or 'near something'),)


def _faulty(detail: str, arm: str = '') -> StreamFault:
    return StreamFault(kind=FaultKind.FAULTY, detail=detail, part=arm)
