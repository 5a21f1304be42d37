# SPDX-License-Identifier: Apache-2.0
"""Made-up demonstrations for tests; nothing is simulated."""

import numpy as np

from rho_learning.data.demonstration import TICKS_PER_STEP
from rho_learning.data.demonstration import Demonstration


def made_up(steps: int, *, noisy: tuple[int, ...] = (), offset: float = 0.0) -> Demonstration:
    """Return a demonstration whose command in tick k is ``offset + k`` in every joint."""
    ticks = TICKS_PER_STEP * steps
    ramp = offset + np.arange(ticks + 1, dtype=np.float32)
    flags = np.zeros(steps, dtype=bool)
    flags[list(noisy)] = True
    return Demonstration(
        front=np.zeros((steps, 128, 128, 3), dtype=np.uint8),
        left_wrist=np.zeros((steps, 64, 64, 3), dtype=np.uint8),
        right_wrist=np.zeros((steps, 64, 64, 3), dtype=np.uint8),
        joints=np.repeat(ramp[:-1, None], 14, axis=1),
        touch=np.zeros((ticks, 4, 5, 3), dtype=np.float32),
        command=np.repeat(ramp[:, None], 14, axis=1),
        clean=np.full((steps, 14), -1.0, dtype=np.float32),
        noisy=flags,
        instruction=np.array(0, dtype=np.int64),
        seed=np.array(1, dtype=np.int64),
        pixels=np.zeros((steps, 3, 8, 2), dtype=np.float32),
        buttons=np.full((4, 3), 0.1, dtype=np.float32),
        target=np.array(2, dtype=np.int64),
        arm=np.array(1, dtype=np.int64),
        goal=np.eye(3, dtype=np.float32),
        pressed=np.zeros(ticks, dtype=bool),
    )
