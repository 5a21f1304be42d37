# SPDX-License-Identifier: Apache-2.0
"""What differs between the scenes of two seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_sim.config import SimConfig
from rho_sim.scene import COLORS
from rho_sim.scene import RGB

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One drawn scene."""

    box_xy_m: Array  # (2,)
    box_yaw_rad: float
    places: tuple[int, ...]  # place of each colour in the order of COLORS
    rgb: Array  # shade of each colour, (4, 3)
    table_gain: float
    box_gain: float
    lamp_gain: float
    lamp_direction: Array  # (3,)
    camera_shifts_m: Array  # one row per camera, (C, 3)
    camera_turns_rad: Array  # rotation vectors, (C, 3)

    @classmethod
    def draw(cls, seed: int, config: SimConfig, cameras: int) -> 'Variation':
        """Draw the scene of a seed: same seed, same scene."""
        rng = np.random.default_rng([seed, 1])
        near = np.where(np.arange(cameras) == 0, 1.0, 0.2)[:, None]
        shade = config.color_shade
        spread = config.light_spread
        return cls(
            box_xy_m=np.array([config.box_x_m, 0.0])
            + rng.uniform(-config.box_shift_m, config.box_shift_m, 2),
            box_yaw_rad=float(rng.uniform(-config.box_yaw_rad, config.box_yaw_rad)),
            places=tuple(int(i) for i in rng.permutation(len(COLORS))),
            rgb=np.clip(
                np.array([RGB[c] for c in COLORS]) + rng.uniform(-shade, shade, (4, 3)), 0.0, 1.0),
            table_gain=1.0 + float(rng.uniform(-spread, spread)),
            box_gain=1.0 + 0.4 * float(rng.uniform(-spread, spread)),
            lamp_gain=1.0 + float(rng.uniform(-spread, spread)),
            lamp_direction=np.array([*rng.uniform(-2.0 * spread, 2.0 * spread, 2), -1.0]),
            camera_shifts_m=near
            * rng.uniform(-config.camera_shift_m, config.camera_shift_m, (cameras, 3)),
            camera_turns_rad=near
            * rng.uniform(-config.camera_turn_rad, config.camera_turn_rad, (cameras, 3)),
        )
