# SPDX-License-Identifier: Apache-2.0
"""Settings of the simulated cell."""

import math
from dataclasses import dataclass
from dataclasses import fields

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class SimConfig:
    """Physics step and how far scenes of different seeds lie apart (0: always the same)."""

    physics_step_s: float = 0.002
    box_x_m: float = 0.45
    box_shift_m: float = 0.06
    box_yaw_rad: float = math.radians(30.0)
    camera_shift_m: float = 0.008  # of the front camera; wrist cameras a fifth of it
    camera_turn_rad: float = math.radians(0.6)
    color_shade: float = 0.08
    light_spread: float = 0.25
    skin_baseline_ut: float = 300.0
    skin_noise_ut: float = 0.4
    skin_drift_ut: float = 1.5

    def __post_init__(self) -> None:
        """Refuse values no cell can have."""
        if not 0.0005 <= self.physics_step_s <= 0.005:
            raise ConfigError(
                f'physics_step_s: expected 0.0005 to 0.005 s, got {self.physics_step_s}')
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ConfigError(f'{field.name}: expected a finite number >= 0, got {value}')
