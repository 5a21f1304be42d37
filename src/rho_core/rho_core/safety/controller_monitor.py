# SPDX-License-Identifier: Apache-2.0
"""Whether an arm's controller stopped it by itself."""

from __future__ import annotations

from rho_core.safety.controller_status import ControllerStatus
from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation


class ControllerMonitor:
    """Tells a stop that the arm began from one that the watchdog asked for.

    An arm that latched under an epoch older than the last reset has only not heard of the reset
    yet. One that the watchdog stops does what it was told.
    """

    __slots__ = ('_found', '_status', 'is_stop_expected', 'reset_epoch')

    def __init__(self, reset_epoch: int) -> None:
        """Start before the first sample.

        Args:
            reset_epoch: epoch of the watchdog since its last reset.
        """
        self.reset_epoch = reset_epoch
        self.is_stop_expected = True
        self._status: ControllerStatus | None = None
        self._found: tuple[StreamFault, ...] = ()

    @property
    def status(self) -> ControllerStatus | None:
        """What the controller said last, None before the first sample."""
        return self._status

    def observe(self, item: Observation) -> None:
        """Take note of the arm's state."""
        if isinstance(item.value, ControllerStatus):
            self._status = item.value
            self._found = ()
        else:
            self._found = (StreamFault(
                kind=FaultKind.FAULTY,
                detail=f'expected the state of a controller, got {item.value!r}'),)

    def check(self, now_ns: int, steady_ns: int) -> tuple[StreamFault, ...]:
        """Return what is wrong now."""
        status = self._status
        if status is None or not status.is_latched or self.is_stop_expected:
            return self._found
        if status.stop_epoch < self.reset_epoch:
            return self._found
        return (StreamFault(kind=FaultKind.STOPPED, detail='its controller stopped the arm'),)

    def forget(self) -> None:
        """Be as before the first sample."""
        self._status = None
        self._found = ()
