# SPDX-License-Identifier: Apache-2.0
"""The timing of the running stack, imitated in the simulator without ROS."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_learning.controllers import Controllers
from rho_learning.data.episode_log import read_touch
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.onnx_policy import OnnxPolicy
from rho_sim.cell_sim import CellSim
from rho_sim.score import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When things happen live."""

    context_period_s: float = 0.1
    context_delay_s: float = 0.1  # from the images to the first action that uses them
    action_period_s: float = 0.02
    action_delay_s: float = 0.01  # from the joint state to the controller
    longest_s: float = 20.0
    after_press_s: float = 1.5  # long enough to see a second press


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveResult:
    """How an episode went."""

    score: Score
    refused: int  # trajectories that a controller refused
    refusal: str  # the last reason


def run_live(
    sim: CellSim, policy: OnnxPolicy, embedding: NDArray[np.float32], timing: Timing
) -> LiveResult:
    """Let a policy act in a simulator that was just reset."""
    step_s = sim.config.physics_step_s
    every = round(timing.action_period_s / step_s)
    delay = round(timing.action_delay_s / step_s)
    context_ticks = round(timing.context_period_s / timing.action_period_s)
    delay_ticks = round(timing.context_delay_s / timing.action_period_s)
    baseline = read_touch(sim)
    controllers = Controllers(sim.description, sim.joint_positions, round(step_s * 1e9))
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
        observed_ns = round(sim.time_s * 1e9)
        for index in range(every):
            now_ns = round(sim.time_s * 1e9)
            if index == delay and chunk is not None:
                rows = chunk.astype(np.float64)
                controllers.receive(rows, observed_ns=observed_ns, now_ns=now_ns)
            sim.step(controllers.update(sim.joint_positions, now_ns))
        score = sim.score()
        if score.success:
            pressed_s = min(pressed_s, sim.time_s)
        if score.failed or sim.time_s > pressed_s + timing.after_press_s:
            break
    return LiveResult(
        score=sim.score(), refused=controllers.refused, refusal=controllers.last_refusal
    )
