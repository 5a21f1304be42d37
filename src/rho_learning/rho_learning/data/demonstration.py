# SPDX-License-Identifier: Apache-2.0
"""One recorded demonstration as plain arrays."""

from dataclasses import dataclass
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

TICKS_PER_STEP = 5  # a step is one image and one row of a chunk (0.1 s); a tick is 20 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """N steps of images and 5 N ticks of everything fast; times count from the first image.

    ``command`` is the commanded path that was executed, one row per tick and one more at the end;
    ``clean`` is the expert's own target of each step, which differs inside bursts of joint noise.
    The labels (everything from ``pixels`` on) are privileged: losses may see them, inputs may not.
    """

    front: NDArray[np.uint8]  # (N, 128, 128, 3)
    left_wrist: NDArray[np.uint8]  # (N, 64, 64, 3)
    right_wrist: NDArray[np.uint8]  # (N, 64, 64, 3)
    joints: NDArray[np.float32]  # (5 N, 14) measured
    touch: NDArray[np.float32]  # (5 N, 4, 5, 3) [uT], baseline subtracted
    command: NDArray[np.float32]  # (5 N + 1, 14)
    clean: NDArray[np.float32]  # (N, 14)
    noisy: NDArray[np.bool_]  # (N,)
    instruction: NDArray[np.int64]  # () index into the suite's instructions
    seed: NDArray[np.int64]  # ()
    pixels: NDArray[np.float32]  # (N, 3, 8, 2) buttons, bases, tips per camera; image = [-1, 1]
    buttons: NDArray[np.float32]  # (4, 3) touch points in the world frame [m]
    target: NDArray[np.int64]  # () index of the named button
    arm: NDArray[np.int64]  # () index of the acting arm
    goal: NDArray[np.float32]  # (3, 3) rotation of the acting tip at the press
    pressed: NDArray[np.bool_]  # (5 N,) the named button is down

    def __post_init__(self) -> None:
        """Check that the lengths agree."""
        steps = len(self.front)
        expected = {
            'joints': TICKS_PER_STEP * steps,
            'touch': TICKS_PER_STEP * steps,
            'pressed': TICKS_PER_STEP * steps,
            'command': TICKS_PER_STEP * steps + 1,
            'clean': steps,
            'noisy': steps,
            'pixels': steps,
        }
        for name, length in expected.items():
            if len(getattr(self, name)) != length:
                message = f'{name}: expected {length} rows for {steps} steps, got '
                raise ValueError(message + str(len(getattr(self, name))))

    @property
    def steps(self) -> int:
        """Return the number of images per camera."""
        return len(self.front)


NAMES = tuple(field.name for field in fields(Demonstration))
SCALARS = ('instruction', 'seed', 'target', 'arm')
EPISODE_WISE = (*SCALARS, 'buttons', 'goal')
