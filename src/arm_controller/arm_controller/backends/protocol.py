# SPDX-License-Identifier: Apache-2.0
"""What a controller needs of an arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rho_core.motion.measurement import Measurement


class ArmBackend(Protocol):
    """An arm that takes joint positions and tells where its joints are.

    `read`, `write` and `problem` are called from the control loop's thread and return at once.
    """

    def start(self) -> None:
        """Connect, and forget what was measured before. May take seconds.

        Raises:
            BackendError: the arm cannot be reached or is not ready.
        """
        ...

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement, the same one as before when there is no newer one.

        Args:
            steady_ns: steady time, the time of reception of what arrived since the last call.

        Returns:
            None before the first measurement and once the arm is lost: its controller then stops
            at once, and does not wait until the last measurement is too old.
        """
        ...

    def write(self, command: Sequence[float]) -> None:
        """Send joint positions [rad, m] in the controller's order."""
        ...

    def problem(self) -> str:
        """Return what is wrong with the arm or its data, empty when nothing is."""
        ...

    def stop(self) -> None:
        """Disconnect; the arm holds its position. Does nothing when it is not connected."""
        ...
