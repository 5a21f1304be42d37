# SPDX-License-Identifier: Apache-2.0
"""The timing of the running stack, imitated in the simulator without ROS."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_learning.data.episode_log import read_touch
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import HORIZON
from rho_learning.model.layout import ROW_S
from rho_learning.onnx_policy import OnnxPolicy
from rho_sim.cell_sim import CellSim
from rho_sim.score import Score

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When things happen live."""

    context_period_s: float = 0.1
    context_delay_s: float = 0.1  # from the images to the first action that uses them
    action_period_s: float = 0.02
    action_delay_s: float = 0.01  # from the joint state to the controller
    longest_s: float = 20.0
    after_press_s: float = 1.5  # long enough to see a second press


class CommandedPath:
    """What the controllers do: a cubic bridge from the commanded state into the chunk."""

    def __init__(self, start: Array) -> None:
        """Stand still at a position."""
        self._bridge = (0.0, 1.0, start, np.zeros_like(start), start, np.zeros_like(start))
        self._knots = np.repeat(start[None], HORIZON, axis=0)
        self._first_s = 0.0

    def replan(self, now_s: float, observed_s: float, chunk: Array) -> None:
        """Take a chunk whose row 0 is due one row after the observation."""
        position, velocity = self.sample(now_s)
        self._first_s = observed_s + ROW_S
        self._knots = chunk
        join_s = max(self._first_s, now_s + 0.04)
        end, speed = self._on_chunk(join_s)
        self._bridge = (now_s, join_s, position, velocity, end, speed)

    def sample(self, now_s: float) -> tuple[Array, Array]:
        """Return commanded position and velocity, each (14,)."""
        start_s, end_s, p0, v0, p1, v1 = self._bridge
        if now_s >= end_s:
            return self._on_chunk(now_s)
        return _hermite((now_s - start_s) / (end_s - start_s), end_s - start_s, p0, v0, p1, v1)

    def _on_chunk(self, now_s: float) -> tuple[Array, Array]:
        knots = self._knots
        place = (now_s - self._first_s) / ROW_S
        if place >= HORIZON - 1:
            return knots[-1], np.zeros_like(knots[-1])
        speeds = np.gradient(knots, ROW_S, axis=0)
        speeds[-1] = 0.0
        row = max(int(place), 0)
        ends = (knots[row], speeds[row], knots[row + 1], speeds[row + 1])
        return _hermite(place - row, ROW_S, *ends)


def _hermite(
    s: float, duration_s: float, p0: Array, v0: Array, p1: Array, v1: Array
) -> tuple[Array, Array]:
    """Cubic Hermite position and velocity at a fraction ``s`` of the duration."""
    a, b = duration_s * v0, duration_s * v1
    c2 = 3.0 * (p1 - p0) - 2.0 * a - b
    c3 = 2.0 * (p0 - p1) + a + b
    position = p0 + s * (a + s * (c2 + s * c3))
    velocity = (a + s * (2.0 * c2 + s * 3.0 * c3)) / duration_s
    return position, velocity


def run_live(
    sim: CellSim, policy: OnnxPolicy, embedding: NDArray[np.float32], timing: Timing
) -> Score:
    """Let a policy act in a simulator that was just reset, and return the score."""
    step_s = sim.config.physics_step_s
    every = round(timing.action_period_s / step_s)
    delay = round(timing.action_delay_s / step_s)
    context_ticks = round(timing.context_period_s / timing.action_period_s)
    delay_ticks = round(timing.context_delay_s / timing.action_period_s)
    baseline = read_touch(sim)
    path = CommandedPath(sim.command)
    contexts: deque[tuple[int, NDArray[np.float32]]] = deque()
    context: NDArray[np.float32] | None = None
    pressed_s = float('inf')
    for tick in range(round(timing.longest_s / timing.action_period_s)):
        joints = sim.joint_positions.astype(np.float32)
        if tick % context_ticks == 0:
            images = {camera: sim.render(camera) for camera in CAMERA_SIZES}
            contexts.append((tick + delay_ticks, policy.context(images, joints, embedding)))
        while contexts and contexts[0][0] <= tick:
            context = contexts.popleft()[1]
        chunk = None
        if context is not None:
            chunk = policy.chunk(context, joints, read_touch(sim) - baseline)
        observed_s = sim.time_s
        for index in range(every):
            if index == delay and chunk is not None:
                path.replan(sim.time_s, observed_s, chunk.astype(np.float64))
            sim.step(path.sample(sim.time_s + step_s)[0])
        score = sim.score()
        if score.success:
            pressed_s = min(pressed_s, sim.time_s)
        if score.failed or sim.time_s > pressed_s + timing.after_press_s:
            break
    return sim.score()
