# SPDX-License-Identifier: Apache-2.0
"""Whether the emergency stop is pressed."""

from __future__ import annotations

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation

_PRESSED = (StreamFault(kind=FaultKind.PRESSED, detail='the emergency stop is pressed'),)


class EstopMonitor:
    """Believes only a plain False: anything else counts as pressed."""

    __slots__ = ('_found',)

    def __init__(self) -> None:
        """Start before the first sample; that it is missing is found by its deadline."""
        self._found: tuple[StreamFault, ...] = ()

    def observe(self, item: Observation) -> None:
        """Take note of the button."""
        self._found = () if item.value is False else _PRESSED

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._found = ()
