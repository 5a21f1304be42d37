# SPDX-License-Identifier: Apache-2.0
"""Lets the expert demonstrate one episode and records it."""

import numpy as np
from numpy.typing import NDArray
from rho_description import kinematics
from rho_sim.cell_sim import CellSim
from rho_sim.experts.button import ButtonExpert
from rho_sim.tasks.buttons import INSTRUCTIONS
from rho_sim.tasks.buttons import instruction_for

from rho_learning.data.demonstration import TICKS_PER_STEP
from rho_learning.data.demonstration import Demonstration
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import COLORS
from rho_learning.model.layout import JOINTS_PER_ARM
from rho_learning.model.layout import SENSORS

LONGEST_STEPS = 80
TICK_S = 0.02
BURST_PROBABILITY = 0.07
BURST_STEPS = (2, 5)
BURST_RAD = 0.03
NEAR_M = 0.06


class Recorder:
    """Records demonstrations of the button suite; same seed, same demonstration."""

    def __init__(self, sim: CellSim) -> None:
        """Use a simulator (its GL context belongs to this thread)."""
        self._sim = sim
        self._physics_steps = round(TICK_S / sim.config.physics_step_s)

    def record(self, seed: int, *, near: bool) -> Demonstration | None:
        """Record the episode of a seed.

        Args:
            seed: Scene, instruction and noise.
            near: Start with the acting tip a few centimetres from the target.

        Returns:
            The demonstration, or None when the expert failed.
        """
        sim = self._sim
        instruction = instruction_for(seed)
        rng = np.random.default_rng([seed, 5])
        sim.reset(seed, instruction)
        expert = ButtonExpert(sim, instruction, rng)
        if near:
            sim.place_arms(self._near_start(expert, rng))
        baseline = self._touch()
        log: dict[str, list[NDArray[np.generic]]] = {
            name: []
            for name in (*CAMERA_SIZES, 'joints', 'touch', 'command', 'clean', 'noisy')
        }
        pixels, pressed, burst = [], [], 0
        while not expert.done and len(log['clean']) < LONGEST_STEPS:
            for camera in CAMERA_SIZES:
                log[camera].append(sim.render(camera))
            pixels.append(self._pixels())
            clean = expert.act()
            if burst == 0 and not sim.score().success and rng.random() < BURST_PROBABILITY:
                burst = int(rng.integers(BURST_STEPS[0], BURST_STEPS[1] + 1))
                push = rng.normal(0.0, BURST_RAD, JOINTS_PER_ARM - 1)
            executed = clean.copy()
            if burst > 0:
                first = ARMS.index(expert.arm) * JOINTS_PER_ARM
                executed[first : first + JOINTS_PER_ARM - 1] += push
            log['clean'].append(clean)
            log['noisy'].append(np.array(burst > 0))
            burst = max(0, burst - 1)
            start = sim.command
            for tick in range(TICKS_PER_STEP):
                log['joints'].append(sim.joint_positions.copy())
                log['touch'].append(self._touch() - baseline)
                log['command'].append(sim.command)
                pressed.append(sim.is_pressed(expert.color))
                part = (tick + 1) / TICKS_PER_STEP
                sim.step(start + part * (executed - start), self._physics_steps)
        log['command'].append(sim.command)
        # A burst of noise can press and let go: what follows would teach to press again.
        if not (expert.done and sim.score().success and pressed[-1]):
            return None
        arm = ARMS.index(expert.arm)
        _, goal = kinematics.tip_pose(expert.arm, log['joints'][-1][arm * 7 : arm * 7 + 6])
        integers = {
            'instruction': INSTRUCTIONS.index(instruction),
            'seed': seed,
            'target': COLORS.index(expert.color),
            'arm': arm,
        }
        images = {name: np.array(log[name], dtype=np.uint8) for name in CAMERA_SIZES}
        floats = {
            name: np.array(log[name], dtype=np.float32)
            for name in ('joints', 'touch', 'command', 'clean')
        }
        return Demonstration(
            noisy=np.array(log['noisy'], dtype=bool),
            pixels=np.array(pixels, dtype=np.float32),
            pressed=np.array(pressed, dtype=bool),
            buttons=np.array([sim.button_rest(color) for color in COLORS], dtype=np.float32),
            goal=np.asarray(goal, dtype=np.float32),
            **{name: np.array(value, dtype=np.int64) for name, value in integers.items()},
            **images,
            **floats,
        )

    def _touch(self) -> NDArray[np.float32]:
        return np.stack([self._sim.touch(sensor) for sensor in SENSORS])

    def _pixels(self) -> NDArray[np.float64]:
        """Return where each camera sees each button, in [-1, 1] between the border's centres."""
        points = [self._sim.button_rest(color) for color in COLORS]
        rows = [
            [np.array(self._sim.camera_pixel(camera, point)) * 2.0 / (size - 1) - 1.0
             for point in points]
            for camera, size in CAMERA_SIZES.items()
        ]
        return np.array(rows)

    def _near_start(self, expert: ButtonExpert, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return joint positions with the acting tip above the target, a little turned."""
        positions = self._sim.home.copy()
        first = ARMS.index(expert.arm) * JOINTS_PER_ARM
        rows = slice(first, first + JOINTS_PER_ARM - 1)
        tip = expert.target + rng.uniform(-NEAR_M, NEAR_M, 3)
        tip[2] = expert.target[2] + rng.uniform(0.01, 1.5 * NEAR_M)
        _, rotation = kinematics.tip_pose(expert.arm, positions[rows])
        found = kinematics.solve_inverse(expert.arm, tip, rotation, positions[rows])
        if found is not None:
            positions[rows] = found + rng.normal(0.0, 0.01, JOINTS_PER_ARM - 1)
        return positions
