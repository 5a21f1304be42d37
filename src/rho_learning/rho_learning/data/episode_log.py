# SPDX-License-Identifier: Apache-2.0
"""Collects what happens in a demonstration while it is recorded."""

from dataclasses import dataclass
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from rho_learning.data.demonstration import Demonstration
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import COLORS
from rho_learning.model.layout import SENSORS
from rho_sim.cell_sim import CellSim
from rho_sim.tasks.buttons import INSTRUCTIONS

Array = NDArray[np.float64]


def read_touch(sim: CellSim) -> NDArray[np.float32]:
    """Return the raw readings of all skins, (4, 5, 3) [uT]."""
    return np.stack([sim.touch(sensor) for sensor in SENSORS])


@dataclass(slots=True, kw_only=True)
class EpisodeLog:
    """Lists that grow: images and labels per step, joints, touch and commands per tick."""

    baseline: NDArray[np.float32]
    images: dict[str, list[NDArray[np.uint8]]] = field(
        default_factory=lambda: {camera: [] for camera in CAMERA_SIZES}
    )
    pixels: list[Array] = field(default_factory=list)
    clean: list[Array] = field(default_factory=list)
    noisy: list[bool] = field(default_factory=list)
    joints: list[Array] = field(default_factory=list)
    touch: list[NDArray[np.float32]] = field(default_factory=list)
    command: list[Array] = field(default_factory=list)
    pressed: list[bool] = field(default_factory=list)

    def see(self, sim: CellSim) -> None:
        """Log the images of a step and where buttons, bases and tips are in them."""
        for camera, images in self.images.items():
            images.append(sim.render(camera))
        self.pixels.append(_pixels(sim))

    def intend(self, clean: Array, *, noisy: bool) -> None:
        """Log what the expert wants in a step, and whether something else is executed."""
        self.clean.append(clean)
        self.noisy.append(noisy)

    def feel(self, sim: CellSim, color: str) -> None:
        """Log a tick."""
        self.joints.append(sim.joint_positions.copy())
        self.touch.append(read_touch(sim) - self.baseline)
        self.command.append(sim.command)
        self.pressed.append(sim.is_pressed(color))

    def finish(
        self, sim: CellSim, *, seed: int, instruction: str, color: str, arm: str, goal: Array
    ) -> Demonstration:
        """Return the demonstration."""

        def number(value: int) -> NDArray[np.int64]:
            return np.array(value, dtype=np.int64)

        return Demonstration(
            front=np.array(self.images['front']),
            left_wrist=np.array(self.images['left_wrist']),
            right_wrist=np.array(self.images['right_wrist']),
            joints=np.array(self.joints, dtype=np.float32),
            touch=np.array(self.touch, dtype=np.float32),
            command=np.array([*self.command, sim.command], dtype=np.float32),
            clean=np.array(self.clean, dtype=np.float32),
            noisy=np.array(self.noisy, dtype=bool),
            instruction=number(INSTRUCTIONS.index(instruction)),
            seed=number(seed),
            pixels=np.array(self.pixels, dtype=np.float32),
            buttons=np.array([sim.button_rest(one) for one in COLORS], dtype=np.float32),
            target=number(COLORS.index(color)),
            arm=number(ARMS.index(arm)),
            goal=np.asarray(goal, dtype=np.float32),
            pressed=np.array(self.pressed, dtype=bool),
        )


def _pixels(sim: CellSim) -> Array:
    """Return where each camera sees the known points, in [-1, 1] between the border's centres."""
    tips = sim.tips()
    points = [
        *(sim.button_rest(color) for color in COLORS),
        *(sim.description.arm(arm).base_pose[:3, 3] for arm in ARMS),
        *(tips[arm] for arm in ARMS),
    ]
    rows = [
        [np.array(sim.camera_pixel(camera, point)) * 2.0 / (size - 1) - 1.0 for point in points]
        for camera, size in CAMERA_SIZES.items()
    ]
    return np.array(rows)
