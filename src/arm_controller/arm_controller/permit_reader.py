# SPDX-License-Identifier: Apache-2.0
"""Reads one arm's permit out of the watchdog's state, without looking at the rest of it."""

from __future__ import annotations

from typing import Any

from rho_core.errors import Refused
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit


class PermitReader:
    """Remembers where the arm stands in the state."""

    def __init__(self, arm: str) -> None:
        """Fix the arm."""
        self._arm = arm
        self._arms: list[str] = []
        self._index = 0

    def read(self, message: Any, received_ns: int) -> ArmPermit:
        """Read the permit.

        Args:
            message: a rho_interfaces/SafetyState.
            received_ns: when it was received [ns, steady clock].

        Raises:
            Refused: the state does not mention the arm, or its values have no meaning.
        """
        if message.arms != self._arms:
            if self._arm not in message.arms:
                raise Refused(f'safety state: expected the arm {self._arm}, got '
                              f'{", ".join(message.arms)}')
            self._arms = list(message.arms)
            self._index = self._arms.index(self._arm)
        try:
            permit = Permit(message.permits[self._index])
            scale = message.speed_scales[self._index]
            times = message.stop_times_s
            stop_time_s = times[self._index] if len(times) else None
        except (ValueError, IndexError) as error:
            raise Refused('safety state: expected a permit of 0..3, a speed scale and a stop time '
                          f'per arm, got {list(message.permits)}, {list(message.speed_scales)}, '
                          f'{list(message.stop_times_s)}') from error
        stamp = message.header.stamp
        return ArmPermit(
            permit=permit,
            speed_scale=scale,
            epoch=message.epoch,
            stamp_ns=stamp.sec * 1_000_000_000 + stamp.nanosec,
            received_ns=received_ns,
            stop_time_s=stop_time_s,
        )
