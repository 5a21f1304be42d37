# SPDX-License-Identifier: Apache-2.0
"""Whether the source itself calls its newest sample unusable."""

from __future__ import annotations

from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation


class SourceFaultMonitor:
    """Believes a source that says its sample is bad, until it sends a good one."""

    __slots__ = ('_found',)

    def __init__(self) -> None:
        """Start without complaint."""
        self._found: tuple[StreamFault, ...] = ()

    def observe(self, item: Observation) -> None:
        """Take note of a sample."""
        if item.fault:
            self._found = (StreamFault(kind=FaultKind.FAULTY, detail=item.fault),)
        elif self._found:
            self._found = ()

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        return self._found

    def forget(self) -> None:
        """Be as before the first sample."""
        self._found = ()
