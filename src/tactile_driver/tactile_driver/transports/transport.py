# SPDX-License-Identifier: Apache-2.0
"""What every transport does."""

from typing import Protocol

from rho_core.errors import RhoError


class TransportError(RhoError):
    """A device could not be opened or was lost; the message says what to do."""


class Transport(Protocol):
    """A source of bytes."""

    @property
    def is_open(self) -> bool:
        """Whether bytes can arrive."""

    def open(self) -> None:
        """Opens the device; what had piled up in it is dropped.

        Raises:
            TransportError: it cannot be opened.
        """

    def read(self, wait_s: float) -> bytes:
        """Returns the bytes that have arrived; waits for the first one.

        Args:
            wait_s: longest wait [s].

        Returns:
            At least one byte, or none when the time is up.

        Raises:
            TransportError: the device is lost. The transport is closed then.
        """

    def discard(self) -> None:
        """Drops what has piled up unread.

        Raises:
            TransportError: the device is lost. The transport is closed then.
        """

    def close(self) -> None:
        """Closes the device; harmless when it is closed."""
