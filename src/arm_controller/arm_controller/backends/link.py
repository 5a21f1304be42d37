# SPDX-License-Identifier: Apache-2.0
"""What a vendor's arm needs to be: three calls that may block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSample:
    """What an arm told of itself.

    Attributes:
        device_s: time of measurement on the arm's own clock [s]; it proves that the arm is alive.
        positions: one per joint [rad, m].
    """

    device_s: float
    positions: tuple[float, ...]


class ArmLink(Protocol):
    """A connection to an arm. All calls come from one thread and may take their time."""

    def open(self) -> None:
        """Connect and make the arm ready to follow positions. It does not move.

        Raises:
            BackendError: it cannot be reached or is not ready, with what to do about it.
        """
        ...

    def exchange(self, command: tuple[float, ...] | None) -> LinkSample:
        """Send a command, if there is one, and read where the joints are.

        A vendor's own watchdog is fed only with commands: when they cease, the arm must not be
        told that all is well.

        Raises:
            BackendError: the connection is lost or the arm has stopped.
        """
        ...

    def close(self) -> None:
        """Leave the arm at rest where it is and disconnect, in whatever state it is."""
        ...
