# SPDX-License-Identifier: Apache-2.0
"""Whether something is touched or pushed harder than allowed."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.limits import LoadLimit
from rho_core.streams.observation import Observation


class LoadMonitor:
    """Compares each sample's loads with their limits.

    A load that is not a number is no load: it is a fault, and no limit is thought to be kept.
    """

    __slots__ = ('_found', '_limits')

    def __init__(self, limits: Sequence[LoadLimit]) -> None:
        """Start before the first sample."""
        self._limits = tuple(limits)
        self._found: tuple[StreamFault, ...] = ()

    def observe(self, item: Observation) -> None:
        """Judge a sample."""
        loads = item.value
        if not isinstance(loads, tuple) or len(loads) != len(self._limits):
            self._found = (StreamFault(
                kind=FaultKind.FAULTY,
                detail=f'expected {len(self._limits)} loads, got {loads!r}'),)
            return
        found: tuple[StreamFault, ...] = ()
        for limit, load in zip(self._limits, loads, strict=True):
            if not 0.0 <= load <= (limit.limit if limit.care is None else limit.care):
                found += _judge(limit, load)
        self._found = found

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._found = ()


def _judge(limit: LoadLimit, load: float) -> tuple[StreamFault, ...]:
    if not load >= 0.0:
        return (StreamFault(kind=FaultKind.FAULTY, part=limit.name,
                            detail=f'expected a load >= 0, got {load}'),)
    if load > limit.limit:
        return (StreamFault(kind=FaultKind.OVERLOAD, part=limit.name,
                            detail=f'is {load:.4g}, allowed {limit.limit:g}'),)
    return (StreamFault(kind=FaultKind.LOAD, part=limit.name,
                        detail=f'is {load:.4g}, care is taken from {limit.care:g} on'),)
