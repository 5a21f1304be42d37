# SPDX-License-Identifier: Apache-2.0
"""Reads contacts: forces on the skins, and which arm touches a button."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_sim.model import CellModel

Array = NDArray[np.float64]


class SkinContacts:
    """Looks into MuJoCo's contact list; costs nothing until asked."""

    def __init__(self, model: CellModel) -> None:
        """Find the geoms of skins and buttons."""
        self._model = model
        mj = model.mj
        names = model.description.fingertips
        self._skin_geoms = {name: mj.geom(f'{name}_skin').id for name in names}
        self._frames = {name: mj.site(name).id for name in names}

    def on_skin(self, data: Any, sensor: str) -> tuple[Array, Array]:
        """Return forces [N] on a skin and where they act [m], in its frame, each (K, 3)."""
        skin = self._skin_geoms[sensor]
        forces, points = [], []
        for i in range(data.ncon):
            contact = data.contact[i]
            if skin not in contact.geom:
                continue
            wrench = np.zeros(6)
            mujoco.mj_contactForce(self._model.mj, data, i, wrench)
            # MuJoCo gives the force on the second geom, in the frame of the contact.
            sign = 1.0 if contact.geom[1] == skin else -1.0
            forces.append(sign * contact.frame.reshape(3, 3).T @ wrench[:3])
            points.append(contact.pos.copy())
        if not forces:
            return np.empty((0, 3)), np.empty((0, 3))
        frame = self._frames[sensor]
        rotation = data.site_xmat[frame].reshape(3, 3)
        return (
            np.array(forces) @ rotation,
            (np.array(points) - data.site_xpos[frame]) @ rotation,
        )

    def arm_touching(self, data: Any, button: int) -> str | None:
        """Return the arm that touches a button, None when no arm does."""
        for i in range(data.ncon):
            first, second = data.contact[i].geom
            for one, other in ((first, second), (second, first)):
                if self._model.button_geoms.get(int(one)) == button:
                    arm = self._model.geom_arms[int(other)]
                    if arm is not None:
                        return arm
        return None
