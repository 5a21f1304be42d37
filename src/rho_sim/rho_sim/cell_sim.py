# SPDX-License-Identifier: Apache-2.0
"""The simulated cell without ROS."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_sim.config import SimConfig
from rho_sim.contacts import SkinContacts
from rho_sim.model import CellModel
from rho_sim.model import camera_pixel
from rho_sim.press import PressDetector
from rho_sim.scene import COLORS
from rho_sim.score import Score
from rho_sim.skin import Skin
from rho_sim.studio import Snapshot
from rho_sim.studio import Studio
from rho_sim.tasks.button_score import ButtonScore
from rho_sim.variation import Variation

Array = NDArray[np.float64]
WATCH_EVERY_STEPS = 5  # buttons and tips are looked at every 10 ms, however steps are batched
RESTING_SPEED = 0.02  # [rad/s, m/s]
CLEAR_HEIGHT_M = 0.12  # of a tip above the table: higher than box and buttons


class CellSim:
    """Two arms, a table, a box with four buttons, three cameras, four fingertip skins.

    Nothing here knows wall time. `step` advances the physics; everything else reads.
    `button_pose` and `camera_pixel` are privileged: for experts and labels, never for policies.
    """

    def __init__(self, config: SimConfig | None = None) -> None:
        """Compile the model and reset it with seed 0."""
        self.config = config or SimConfig()
        self._model = CellModel(self.config)
        self.description = self._model.description
        self.home: Array = self.description.home
        self.mj_model = self._model.mj
        self.mj_data = mujoco.MjData(self.mj_model)
        self.studio = Studio(self._model)
        self._contacts = SkinContacts(self._model)
        positions = self.description.gripper.taxel_positions
        self._skins = {name: Skin(positions, self.config) for name in self.description.fingertips}
        self._presses = [PressDetector() for _ in COLORS]
        self._limits = self.description.limits
        self.reset(0)

    # -- time ------------------------------------------------------------------------------

    def reset(self, seed: int, instruction: str = '', positions: Array | None = None) -> None:
        """Start a new episode with the arms at home, or at given positions.

        Args:
            seed: same seed, same scene.
            instruction: task to score; empty: nothing is scored.
            positions: where the arms start, shape (14,); None: home.

        Raises:
            Refused: when the instruction is unknown; nothing was changed.
        """
        ButtonScore(instruction, {})
        mujoco.mj_resetData(self.mj_model, self.mj_data)
        self._steps = 0
        for i, skin in enumerate(self._skins.values()):
            skin.reset((seed, 3, i))
        self.place_arms(self.home if positions is None else positions)
        self.reset_scene(seed, instruction)

    def reset_scene(self, seed: int, instruction: str = '') -> None:
        """Put box, buttons, light, cameras and score into the state of a seed.

        Arms, skins and time stay as they are: nothing jumps in a cell that runs.
        """
        ButtonScore(instruction, {})
        variation = Variation.draw(seed, self.config, len(self.description.cameras))
        with self.studio.lock:
            self._model.apply(variation)
        data = self.mj_data
        data.qpos[self._model.buttons] = 0.0
        data.qvel[self._model.button_speeds] = 0.0
        mujoco.mj_forward(self.mj_model, data)
        for press in self._presses:
            press.is_pressed = False
        self._score = ButtonScore(instruction, self.tips())
        self._episode_start_s = self.time_s

    def place_arms(self, positions: Array) -> None:
        """Put the arms somewhere at once, at rest. For the start of training episodes only."""
        data, model = self.mj_data, self._model
        positions = self.checked(positions)
        data.qpos[model.positions] = positions
        data.qpos[model.mirrors] = data.qpos[model.grippers]
        data.qvel[:] = 0.0
        data.ctrl[:] = positions
        mujoco.mj_forward(self.mj_model, data)

    def step(self, command: Array, n: int = 1) -> None:
        """Advance n physics steps while the command moves straight from the last one to this one.

        Args:
            command: joint positions in cell order, shape (14,).
            n: number of physics steps.
        """
        data, mj = self.mj_data, self.mj_model
        if n == 1:
            data.ctrl[:] = command
            mujoco.mj_step(mj, data)
            self._count_step()
            return
        start = data.ctrl.copy()
        change = (command - start) / n
        for i in range(1, n + 1):
            data.ctrl[:] = start + i * change
            mujoco.mj_step(mj, data)
            self._count_step()

    def checked(self, command: Array) -> Array:
        """Return a command that is finite, complete and within the limits.

        Raises:
            Refused: saying which joint is wrong.
        """
        command = np.asarray(command, dtype=np.float64)
        if command.shape != self.home.shape:
            raise Refused(f'command: expected {self.home.size} positions, got {command.shape}')
        slack = 1e-6  # rounding at a limit is no violation
        good = (command >= self._limits.lower - slack) & (command <= self._limits.upper + slack)
        if not good.all():
            i = int(np.argmin(good))
            raise Refused(
                f'command for {self.description.joint_names[i]}: expected '
                f'{self._limits.lower[i]:.4g} to {self._limits.upper[i]:.4g}, got {command[i]}')
        return np.clip(command, self._limits.lower, self._limits.upper)

    def check_scene_reset(self) -> None:
        """Check that the box can be moved while the arms stay.

        Raises:
            Refused: when an arm moves or its tip is where the box may come to lie.
        """
        speeds = np.abs(self.joint_velocities)
        if speeds.max() > RESTING_SPEED:
            name = self.description.joint_names[int(np.argmax(speeds))]
            raise Refused(
                f'{name} moves at {speeds.max():.3g}: bring the arms to rest, best at home')
        for arm, tip in self.tips().items():
            if tip[2] < CLEAR_HEIGHT_M:
                raise Refused(
                    f'the tip of the {arm} arm is {tip[2]:.3f} m above the table, expected at '
                    f'least {CLEAR_HEIGHT_M} m: bring the arms home first')

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps % WATCH_EVERY_STEPS == 0:
            self._watch()

    def _watch(self) -> None:
        depths = -self.mj_data.qpos[self._model.buttons]
        for i, press in enumerate(self._presses):
            if press.update(float(depths[i])):
                arm = self._contacts.arm_touching(self.mj_data, i)
                self._score.press(COLORS[i], arm, self.time_s - self._episode_start_s)
        self._score.watch_tips(self.tips())

    # -- observations ----------------------------------------------------------------------

    @property
    def time_s(self) -> float:
        """Simulated time since `reset` [s]."""
        return self._steps * self.config.physics_step_s

    @property
    def joint_positions(self) -> Array:
        """Positions in cell order, shape (14,) [rad, m]."""
        out: Array = self.mj_data.qpos[self._model.positions]
        return out

    @property
    def joint_velocities(self) -> Array:
        """Velocities in cell order, shape (14,) [rad/s, m/s]."""
        out: Array = self.mj_data.qvel[self._model.velocities]
        return out

    @property
    def joint_efforts(self) -> Array:
        """Efforts of the servos in cell order, shape (14,) [Nm, N]."""
        out: Array = self.mj_data.actuator_force.copy()
        return out

    @property
    def command(self) -> Array:
        """The last command, shape (14,)."""
        out: Array = self.mj_data.ctrl.copy()
        return out

    def snapshot(self) -> Snapshot:
        """Return what a picture of this moment needs."""
        return Snapshot(
            positions=self.mj_data.qpos.copy(),
            pressed=tuple(press.is_pressed for press in self._presses),
        )

    def render(self, camera: str) -> NDArray[np.uint8]:
        """Return the picture of a camera, shape (height, width, 3), RGB."""
        return self.studio.render(self.snapshot(), camera)

    def touch(self, sensor: str) -> NDArray[np.float32]:
        """Return a raw reading of a skin [uT], shape (5, 3), baseline included."""
        forces_n, points_m = self._contacts.on_skin(self.mj_data, sensor)
        return self._skins[sensor].read(self.time_s, forces_n, points_m)

    def score(self) -> Score:
        """Return the score of the episode; never an observation."""
        return self._score.score()

    def close(self) -> None:
        """Free the GL context."""
        self.studio.close()

    # -- privileged ------------------------------------------------------------------------

    def tips(self) -> dict[str, Array]:
        """Return where the tips of the arms are in the world [m]."""
        return {arm: self.mj_data.site_xpos[i] for arm, i in self._model.tips.items()}

    def button_pose(self, color: str) -> tuple[Array, Array]:
        """Return centre of the cap's top [m] and axes (z out of the box) of a button."""
        body = self.mj_data.body(f'cap_{color}')
        return body.xpos.copy(), body.xmat.reshape(3, 3).copy()

    def button_rest(self, color: str) -> Array:
        """Return the centre of the cap's top [m] of the released button."""
        position, rotation = self.button_pose(color)
        depth_m = -float(self.mj_data.joint(f'button_{color}').qpos[0])
        return position + depth_m * rotation[:, 2]

    def is_pressed(self, color: str) -> bool:
        """Return whether a button is held down."""
        return self._presses[COLORS.index(color)].is_pressed

    def camera_pixel(self, camera: str, point: Array) -> tuple[float, float]:
        """Return column and row [px] at which a camera sees a world point."""
        self._refresh()
        seen = self.description.camera(camera)
        camera_id = self.mj_model.camera(camera).id
        return camera_pixel(
            self.mj_data, camera_id, seen.focal_px, (seen.width, seen.height), point)

    def _refresh(self) -> None:
        """Bring poses up to the joint positions: a step leaves them one step behind."""
        mujoco.mj_kinematics(self.mj_model, self.mj_data)
        mujoco.mj_camlight(self.mj_model, self.mj_data)
