# SPDX-License-Identifier: Apache-2.0
"""Lets the expert demonstrate one episode and records it."""

import numpy as np
from numpy.typing import NDArray

from rho_description import kinematics
from rho_learning.data.demonstration import TICKS_PER_STEP
from rho_learning.data.demonstration import Demonstration
from rho_learning.data.episode_log import EpisodeLog
from rho_learning.data.episode_log import read_touch
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import JOINTS_PER_ARM
from rho_sim.cell_sim import CellSim
from rho_sim.experts.button import ButtonExpert
from rho_sim.tasks.buttons import instruction_for

Array = NDArray[np.float64]

LONGEST_STEPS = 80
TICK_S = 0.02
NEAR_M = 0.06
NEAR_RAD = 0.01


class Bursts:
    """Now and then pushes the acting arm aside for a few steps, so that recovery is shown."""

    PROBABILITY = 0.07
    STEPS = (2, 5)
    SIZE_RAD = 0.03

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw from a generator."""
        self._rng = rng
        self._left = 0
        self._push: Array = np.zeros(JOINTS_PER_ARM - 1)

    def next(self, *, allowed: bool) -> Array | None:
        """Return the offset of this step's joint targets (6,), None without noise."""
        if self._left == 0 and allowed and self._rng.random() < self.PROBABILITY:
            self._left = int(self._rng.integers(self.STEPS[0], self.STEPS[1] + 1))
            self._push = self._rng.normal(0.0, self.SIZE_RAD, JOINTS_PER_ARM - 1)
        if self._left == 0:
            return None
        self._left -= 1
        return self._push


class Recorder:
    """Records demonstrations of the button suite; same seed, same demonstration."""

    def __init__(self, sim: CellSim) -> None:
        """Use a simulator (its GL context belongs to this thread)."""
        self._sim = sim
        self._physics_steps = round(TICK_S / sim.config.physics_step_s)

    def close(self) -> None:
        """Free the simulator's GL context."""
        self._sim.close()

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
        rows = _rotary(expert.arm)
        if near:
            sim.place_arms(self._near_start(expert, rng))
        log = EpisodeLog(baseline=read_touch(sim))
        bursts = Bursts(rng)
        while not expert.done and len(log.clean) < LONGEST_STEPS:
            log.see(sim)
            clean = expert.act()
            push = bursts.next(allowed=not sim.score().success)
            log.intend(clean, noisy=push is not None)
            executed = clean.copy()
            if push is not None:
                executed[rows] += push
            self._execute(executed, log, expert.color)
        # A burst of noise can press and let go: what follows would teach to press again.
        if not (expert.done and sim.score().success and log.pressed[-1]):
            return None
        _, goal = kinematics.tip_pose(expert.arm, log.joints[-1][rows])
        return log.finish(
            sim, seed=seed, instruction=instruction, color=expert.color, arm=expert.arm, goal=goal
        )

    def _execute(self, target: Array, log: EpisodeLog, color: str) -> None:
        """Move the command straight to the target within one step."""
        start = self._sim.command
        for tick in range(TICKS_PER_STEP):
            log.feel(self._sim, color)
            part = (tick + 1) / TICKS_PER_STEP
            self._sim.step(start + part * (target - start), self._physics_steps)

    def _near_start(self, expert: ButtonExpert, rng: np.random.Generator) -> Array:
        """Return joint positions with the acting tip above the target, a little turned."""
        positions: Array = self._sim.home.copy()
        rows = _rotary(expert.arm)
        tip = expert.target + rng.uniform(-NEAR_M, NEAR_M, 3)
        tip[2] = expert.target[2] + rng.uniform(0.01, 1.5 * NEAR_M)
        _, rotation = kinematics.tip_pose(expert.arm, positions[rows])
        found = kinematics.solve_inverse(expert.arm, tip, rotation, positions[rows])
        if found is not None:
            positions[rows] = found + rng.normal(0.0, NEAR_RAD, JOINTS_PER_ARM - 1)
        return positions


def _rotary(arm: str) -> slice:
    """Return where the six rotary joints of an arm are in cell order."""
    first = ARMS.index(arm) * JOINTS_PER_ARM
    return slice(first, first + JOINTS_PER_ARM - 1)
