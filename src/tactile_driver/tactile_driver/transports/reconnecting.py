# SPDX-License-Identifier: Apache-2.0
"""A transport that opens another one again after it was lost."""

import time
from collections.abc import Callable

from tactile_driver.transports.transport import Transport
from tactile_driver.transports.transport import TransportError

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0


class ReconnectingTransport:
    """Wraps a transport: after a loss it is opened again, with pauses that double up to 2 s."""

    def __init__(
        self,
        inner: Transport,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Wraps.

        Args:
            inner: what is opened.
            clock_s: steady time [s].
            sleep: waits for a duration [s].
        """
        self._inner = inner
        self._clock_s = clock_s
        self._sleep = sleep
        self._pause_s = _FIRST_PAUSE_S
        self._next_try_s = 0.0
        self._problem = ''

    @property
    def is_open(self) -> bool:
        """Whether bytes can arrive."""
        return self._inner.is_open

    @property
    def problem(self) -> str:
        """Why it was lost, empty when it is open."""
        return self._problem

    def open(self) -> None:
        """Opens at once; the first time a device that is missing is an error.

        Raises:
            TransportError: it cannot be opened.
        """
        self._inner.open()
        self._problem = ''
        self._pause_s = _FIRST_PAUSE_S

    def read(self, wait_s: float) -> bytes:
        """Returns bytes, none when the time is up or the device is away."""
        if not self._inner.is_open and not self._try_open(wait_s):
            return b''
        try:
            return self._inner.read(wait_s)
        except TransportError as error:
            self._postpone(error)
            return b''

    def discard(self) -> None:
        """Drops what has piled up unread; a loss found thereby is repaired by `read`."""
        try:
            self._inner.discard()
        except TransportError as error:
            self._postpone(error)

    def close(self) -> None:
        """Closes the device."""
        self._inner.close()

    def _try_open(self, wait_s: float) -> bool:
        remaining_s = self._next_try_s - self._clock_s()
        if remaining_s > 0.0:
            self._sleep(min(remaining_s, wait_s))
            if remaining_s > wait_s:
                return False
        try:
            self.open()
        except TransportError as error:
            self._postpone(error)
            return False
        return True

    def _postpone(self, error: TransportError) -> None:
        # Why it was lost says more than that it cannot be opened yet.
        self._problem = self._problem or str(error)
        self._next_try_s = self._clock_s() + self._pause_s
        self._pause_s = min(2.0 * self._pause_s, _LONGEST_PAUSE_S)
