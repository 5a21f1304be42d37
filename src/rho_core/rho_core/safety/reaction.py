# SPDX-License-Identifier: Apache-2.0
"""What a fault does to the arms, how fast, and what ends it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit


class Clear(Enum):
    """What ends a cause whose fault has gone."""

    WHEN_GONE = 'when_gone'
    """It ends by itself, `clear_after_ns` after the fault was seen last."""
    ON_RESET = 'on_reset'
    """It is latched until an operator resets."""
    NEVER = 'never'
    """Only a new start of the watchdog ends it: something must be repaired first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a fault does.

    Attributes:
        permit: best permit that the fault leaves: STOP, HOLD or SLOW.
        clear: what ends it; None: ON_RESET for STOP, WHEN_GONE for HOLD and SLOW.
        clear_after_ns: time without the fault after which WHEN_GONE ends it.
        trip_after_ns: time for which the fault must be present before it counts. The time runs
            down while it is present and recovers four times slower, so a fault that comes and
            goes counts in the end.
        escalate_after_ns: time in force after which HOLD or SLOW becomes STOP, with the same
            slow recovery; 0: never.
        speed_scale: speed that SLOW leaves, in (0, 1].
    """

    permit: Permit = Permit.STOP
    clear: Clear | None = None
    clear_after_ns: int = 0
    trip_after_ns: int = 0
    escalate_after_ns: int = 0
    speed_scale: float = 0.25

    def __post_init__(self) -> None:
        """Fill in the clear condition and check the values.

        Raises:
            ConfigError: RUN, which restrains nothing; a STOP that would end by itself; a
                negative time; a scale outside (0, 1].
        """
        if self.permit is Permit.RUN:
            raise ConfigError('expected STOP, HOLD or SLOW, got RUN', 'permit')
        if self.clear is None:
            clear = Clear.ON_RESET if self.permit is Permit.STOP else Clear.WHEN_GONE
            object.__setattr__(self, 'clear', clear)
        elif self.permit is Permit.STOP and self.clear is Clear.WHEN_GONE:
            raise ConfigError('a STOP is latched: expected on_reset or never, got when_gone; '
                              'HOLD ends by itself', 'clear')
        for name in ('clear_after_ns', 'trip_after_ns', 'escalate_after_ns'):
            if getattr(self, name) < 0:
                raise ConfigError(f'expected a time >= 0, got {getattr(self, name)} ns', name)
        if not (math.isfinite(self.speed_scale) and 0.0 < self.speed_scale <= 1.0):
            raise ConfigError(f'expected a scale in (0, 1], got {self.speed_scale}', 'speed_scale')

    @property
    def is_latched(self) -> bool:
        """Whether the cause stays when its fault has gone."""
        return self.clear is not Clear.WHEN_GONE
