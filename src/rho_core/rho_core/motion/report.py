# SPDX-License-Identifier: Apache-2.0
"""What one arm controller tells about itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rho_core.motion.mode import ArmMode


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmReport:
    """State of one arm, field by field that of ArmState.msg.

    Attributes:
        stamp_ns: control cycle [ns, ROS time].
        arm: name of the arm.
        mode: what the arm does.
        reason: why it is not moving, empty while MOVING.
        joint_names: names of the joints, order of the tuples below.
        commanded: last command [rad, m], empty before the first one.
        measured: last measurement [rad, m], empty before the first one.
        velocity: velocity of the command [rad/s, m/s].
        acceleration: acceleration of the command [rad/s^2, m/s^2].
        source: who commands: '', 'policy', 'action' or 'operator'.
        accepted: trajectories accepted since start.
        refused: trajectories refused since start.
        last_refusal: why the last refused trajectory was refused.
        command_age_ms: age of the active trajectory's stamp, NaN: none.
        permit_age_ms: age of the last permit, NaN: none.
        cycles: control cycles since activation.
        missed_cycles: control cycles missed since activation.
        wake_late_us_max: largest wake lateness since the last report.
        tick_us_max: longest tick since the last report.
        time_scale: how fast the time of the path runs, 0 at rest, 1 as planned.
        stop_time_s: time in which a stop along the active path ends.
        latched: whether it stopped by itself or on a STOP and waits for a reset.
        stop_epoch: newest safety epoch known when it latched, 0: never latched. An arm that obeys
            a STOP latches too, in the epoch of that STOP.
    """

    stamp_ns: int
    arm: str
    mode: ArmMode
    reason: str
    joint_names: tuple[str, ...]
    commanded: tuple[float, ...] = ()
    measured: tuple[float, ...] = ()
    velocity: tuple[float, ...] = ()
    acceleration: tuple[float, ...] = ()
    source: str = ''
    accepted: int = 0
    refused: int = 0
    last_refusal: str = ''
    command_age_ms: float = math.nan
    permit_age_ms: float = math.nan
    cycles: int = 0
    missed_cycles: int = 0
    wake_late_us_max: float = 0.0
    tick_us_max: float = 0.0
    time_scale: float = 0.0
    stop_time_s: float = 0.0
    latched: bool = False
    stop_epoch: int = 0

    @property
    def error(self) -> tuple[float, ...]:
        """Commanded minus measured [rad, m], empty while one of them is missing."""
        if not self.commanded or not self.measured:
            return ()
        return tuple(c - m for c, m in zip(self.commanded, self.measured, strict=True))
