# SPDX-License-Identifier: Apache-2.0
"""Permits: what the watchdog lets an arm do, from worst to best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from rho_core.errors import Refused


class Permit(IntEnum):
    """What an arm may do. Smaller is worse; the numbers are those of SafetyState.msg."""

    STOP = 0
    """Decelerate along the path to rest, ignore commands until reset."""
    HOLD = 1
    """Decelerate along the path to rest, go on when the permit returns."""
    SLOW = 2
    """Move, scaled by the speed scale."""
    RUN = 3
    """Move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPermit:
    """The permit of one arm as its controller received it.

    Attributes:
        permit: what the arm may do.
        speed_scale: scale of the speed in [0, 1], used with SLOW.
        epoch: counts stops and resets of the watchdog.
        stamp_ns: when it was decided [ns, ROS time].
        received_ns: when it was received [ns, steady clock].
        stop_time_s: time from full speed to rest that the arm takes for a stop at least, because
            a coupled arm needs it, None: as short as the arm itself can.
    """

    permit: Permit
    speed_scale: float
    epoch: int
    stamp_ns: int
    received_ns: int
    stop_time_s: float | None = None

    def __post_init__(self) -> None:
        """Check the scale and the time.

        Raises:
            Refused: the scale is outside [0, 1], the time is negative, or one is not finite.
        """
        if not math.isfinite(self.speed_scale) or not 0.0 <= self.speed_scale <= 1.0:
            raise Refused(f'permit: expected a speed scale in [0, 1], got {self.speed_scale}')
        if self.stop_time_s is not None and not 0.0 <= self.stop_time_s < math.inf:
            raise Refused(f'permit: expected a stop time >= 0, got {self.stop_time_s}')
