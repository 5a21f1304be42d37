# SPDX-License-Identifier: Apache-2.0
"""Draws the cell from a snapshot of its state, in any thread."""

import threading
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_sim.model import CellModel
from rho_sim.renderer import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a picture depends on besides the scene."""

    positions: NDArray[np.float64]  # of all joints in MuJoCo's order
    pressed: tuple[bool, ...]  # of the buttons, in the order of COLORS


class Studio:
    """Renders snapshots on a copy of the state, while the physics goes on elsewhere."""

    def __init__(self, model: CellModel) -> None:
        """Create a studio; the GL context comes with the first picture."""
        self._model = model
        self._data = mujoco.MjData(model.mj)
        self._renderer: Renderer | None = None
        self.lock = threading.Lock()
        """Held while a picture is drawn: whoever changes the scene holds it too."""

    def render(self, snapshot: Snapshot, camera: str) -> NDArray[np.uint8]:
        """Return the picture of a camera, shape (height, width, 3), RGB."""
        with self.lock:
            if self._renderer is None:
                self._renderer = Renderer(self._model.mj, self._model.description.cameras)
            self.light_buttons(snapshot)
            self._data.qpos[:] = snapshot.positions
            mujoco.mj_kinematics(self._model.mj, self._data)
            mujoco.mj_camlight(self._model.mj, self._data)
            return self._renderer.render(self._data, camera)

    def light_buttons(self, snapshot: Snapshot) -> None:
        """Let the pressed buttons glow; the caller holds the lock."""
        self._model.glow(snapshot.pressed)

    def close(self) -> None:
        """Free the GL context; the next picture would make a new one."""
        with self.lock:
            if self._renderer is not None:
                self._renderer.close()
                self._renderer = None
