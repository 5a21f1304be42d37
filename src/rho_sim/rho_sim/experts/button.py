# SPDX-License-Identifier: Apache-2.0
"""Scripted expert of the button task."""

import numpy as np
from numpy.typing import NDArray

from rho_description import kinematics
from rho_description.transforms import rotation_vector
from rho_sim.cell_sim import CellSim
from rho_sim.tasks.buttons import parse

Array = NDArray[np.float64]

HORIZON_S = 0.1
TIP_SPEED_M_PER_S = 0.25
TIP_ACCELERATION_M_PER_S2 = 1.2
SLOWDOWN_PER_S = 2.5  # speed per distance left
CREEP_M_PER_S = 0.05
HOVER_M = 0.05
DEPTH_M = 0.005
STILL_STEPS = 7


class ButtonExpert:
    """Reactive damped least squares on the privileged state, called at 10 Hz.

    Each call looks at where the tip is now and heads for the point above the button, then along
    the button's axis into it. After the press edge it stands still: it never retreats, because a
    policy without memory that learns the retreat retreats before it has pressed.
    """

    def __init__(self, sim: CellSim, instruction: str, rng: np.random.Generator) -> None:
        """Look at the scene and choose the arm.

        Args:
            sim: the cell, already reset.
            instruction: what to do.
            rng: varies approach height and pressing point a little.
        """
        self._sim = sim
        goal = parse(instruction)
        self.color = goal.color
        self.arm = goal.arm or nearer_arm(sim, goal.color)
        self._first = list(sim.description.arms).index(self.arm) * 7
        self._rest = sim.joint_positions
        _, self._rotation = kinematics.tip_pose(self.arm, sim.home[self._rows][:6])
        self._hover_m = HOVER_M * rng.uniform(0.8, 1.4)
        self._offset = rng.uniform(-0.003, 0.003, 2)
        self._still_steps = 0

    @property
    def done(self) -> bool:
        """Whether the button has been pressed and the arm has stood still for a while."""
        return self._still_steps > STILL_STEPS

    @property
    def target(self) -> Array:
        """Where the tip is heading for in the end [m]."""
        position = self._sim.button_rest(self.color)
        position[:2] += self._offset
        return position

    def act(self) -> Array:
        """Return the joint positions to reach in 0.1 s, shape (14,)."""
        if self._sim.is_pressed(self.color) or self._still_steps:
            self._still_steps += 1
        positions = self._sim.joint_positions
        arm_positions = positions[self._rows][:6]
        tip, _ = kinematics.tip_pose(self.arm, arm_positions)
        out = self._rest.copy()
        out[self._rows][:6] = self._follow(arm_positions, tip + self._move(tip))
        out[self._first + 6] = 0.0
        return out

    @property
    def _rows(self) -> slice:
        return slice(self._first, self._first + 7)

    def _move(self, tip: Array) -> Array:
        """Return how far the tip shall move within the horizon [m]."""
        target = self.target
        aside_m = float(np.hypot(*(tip - target)[:2]))
        high = min(max((aside_m - 0.005) / 0.02, 0.0), 1.0)
        target[2] += high * (self._hover_m + DEPTH_M) - DEPTH_M
        way = target - tip
        left_m = float(np.linalg.norm(way))
        velocity = self._sim.joint_velocities[self._rows][:6]
        jacobian = kinematics.jacobian(self.arm, self._sim.joint_positions[self._rows][:6])
        speed_now = float(np.linalg.norm(jacobian[:3] @ velocity))
        speed = min(
            TIP_SPEED_M_PER_S,
            CREEP_M_PER_S + SLOWDOWN_PER_S * left_m,
            speed_now + TIP_ACCELERATION_M_PER_S2 * HORIZON_S,
        )
        return way * min(1.0, speed * HORIZON_S / max(left_m, 1e-9))

    def _follow(self, start: Array, position: Array) -> Array:
        """Return joint positions that bring the tip to a position with the home orientation."""
        q = start.copy()
        for _ in range(3):
            at, turned = kinematics.tip_pose(self.arm, q)
            error = np.concatenate([
                position - at,
                rotation_vector(self._rotation @ turned.T),
            ])
            q += kinematics.damped_step(kinematics.jacobian(self.arm, q), error, 0.02)
        limits = self._sim.description.arm(self.arm).limits
        step = limits.velocity[:6] * HORIZON_S * 0.5
        q = np.clip(q, start - step, start + step)
        out: Array = np.clip(q, limits.lower[:6], limits.upper[:6])
        return out


def nearer_arm(sim: CellSim, color: str) -> str:
    """Return the arm whose base is nearer to a button."""
    position, _ = sim.button_pose(color)
    return min(
        sim.description.arms.values(),
        key=lambda arm: float(np.hypot(*(arm.base_pose[:2, 3] - position[:2]))),
    ).name
