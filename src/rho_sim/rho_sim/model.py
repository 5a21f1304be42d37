# SPDX-License-Identifier: Apache-2.0
"""The compiled model with the indices the simulation needs, and what a scene changes in it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import mujoco
import numpy as np

from rho_description import cell
from rho_description.transforms import matrix_from_rpy
from rho_description.transforms import quaternion_from_matrix
from rho_description.transforms import rotation_z
from rho_sim.config import SimConfig
from rho_sim.scene import BOX_HALF_M
from rho_sim.scene import COLORS
from rho_sim.scene import GLOW_OFF
from rho_sim.scene import GLOW_ON
from rho_sim.scene import PLACES_M
from rho_sim.scene import scene_xml
from rho_sim.variation import Variation


@lru_cache(maxsize=4)
def _scene_text(physics_step_s: float) -> str:
    return scene_xml(cell(), physics_step_s=physics_step_s)


class CellModel:
    """MuJoCo's model of the cell, compiled once; a scene only changes numbers in it."""

    def __init__(self, config: SimConfig) -> None:
        """Compile the model."""
        self.description = cell()
        self.config = config
        self.mj: Any = mujoco.MjModel.from_xml_string(_scene_text(config.physics_step_s))
        joints = [self.mj.joint(name) for name in self.description.joint_names]
        self.positions = np.array([joint.qposadr[0] for joint in joints])
        self.velocities = np.array([joint.dofadr[0] for joint in joints])
        mirrors = [
            self.mj.joint(f'{arm}_gripper_mirror_joint').qposadr[0]
            for arm in self.description.arms]
        self.mirrors = np.array(mirrors)
        self.grippers = self.positions[6::7]
        buttons = [self.mj.joint(f'button_{color}') for color in COLORS]
        self.buttons = np.array([joint.qposadr[0] for joint in buttons])
        self.button_speeds = np.array([joint.dofadr[0] for joint in buttons])
        self.button_geoms = {self.mj.geom(f'button_{c}').id: i for i, c in enumerate(COLORS)}
        self.geom_arms = self._find_geom_arms()
        self.tips = {arm: self.mj.site(f'{arm}_tip').id for arm in self.description.arms}
        self._materials = [self.mj.material(f'button_{color}').id for color in COLORS]
        self._camera_ids = [self.mj.camera(name).id for name in self.description.cameras]
        self._nominal_pos = self.mj.cam_pos.copy()
        self._nominal_quat = self.mj.cam_quat.copy()
        self._nominal_rgba = self.mj.mat_rgba.copy()
        self._nominal_lamp = self.mj.light_diffuse.copy()

    def apply(self, variation: Variation) -> None:
        """Put the scene of a seed into the model."""
        mj = self.mj
        box = mj.body('box').id
        mj.body_pos[box] = (*variation.box_xy_m, 2.0 * BOX_HALF_M[2])
        mj.body_quat[box] = quaternion_from_matrix(rotation_z(variation.box_yaw_rad))
        for i, (color, place) in enumerate(zip(COLORS, variation.places, strict=True)):
            mj.body_pos[mj.body(f'button_{color}').id] = (*PLACES_M[place], 0.0)
            mj.mat_rgba[self._materials[i], :3] = variation.rgb[i]
        for name, gain in (('table', variation.table_gain), ('box', variation.box_gain)):
            material = mj.material(name).id
            mj.mat_rgba[material, :3] = np.clip(self._nominal_rgba[material, :3] * gain, 0.0, 1.0)
        mj.light_diffuse[:] = self._nominal_lamp * variation.lamp_gain
        mj.light_dir[0] = variation.lamp_direction / np.linalg.norm(variation.lamp_direction)
        self._move_cameras(variation)

    def glow(self, pressed: Sequence[bool]) -> None:
        """Light the pressed buttons."""
        for material, is_pressed in zip(self._materials, pressed, strict=True):
            self.mj.mat_emission[material] = GLOW_ON if is_pressed else GLOW_OFF

    def _move_cameras(self, variation: Variation) -> None:
        for row, camera in enumerate(self._camera_ids):
            self.mj.cam_pos[camera] = self._nominal_pos[camera] + variation.camera_shifts_m[row]
            nominal = np.empty(9)
            mujoco.mju_quat2Mat(nominal, self._nominal_quat[camera])
            turned = nominal.reshape(3, 3) @ matrix_from_rpy(*variation.camera_turns_rad[row])
            self.mj.cam_quat[camera] = quaternion_from_matrix(turned)

    def _find_geom_arms(self) -> list[str | None]:
        """Return the arm each geom belongs to."""
        roots = {self.mj.body(arm.base_frame).id: name
                 for name, arm in self.description.arms.items()}
        return [roots.get(int(self.mj.body_rootid[body])) for body in self.mj.geom_bodyid]


def camera_pixel(data: Any, camera_id: int, focal_px: float, size: tuple[int, int],
                 point: Any) -> tuple[float, float]:
    """Project a world point into a camera: column and row [px], pixel centres at integers."""
    rotation = data.cam_xmat[camera_id].reshape(3, 3)
    x, y, z = rotation.T @ (np.asarray(point, dtype=np.float64) - data.cam_xpos[camera_id])
    width, height = size
    return (
        (width - 1) / 2.0 + focal_px * x / -z,
        (height - 1) / 2.0 - focal_px * y / -z,
    )


