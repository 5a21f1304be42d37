# SPDX-License-Identifier: Apache-2.0
"""Recorded moments from the simulator: for the golden sample and for the parity check."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import CELL_JOINTS
from rho_learning.model.layout import SENSORS
from rho_learning.model.layout import TAXEL_AXES
from rho_learning.model.layout import TAXELS
from rho_learning.sentences import embed
from rho_sim.cell_sim import CellSim
from rho_sim.tasks.buttons import INSTRUCTIONS

FIRST_SEED = 700_000
GOLDEN_INSTRUCTION = 'Push the red button with the right gripper.'


class Sample(NamedTuple):
    """Inputs of both graphs without batch dimension."""

    images: dict[str, NDArray[np.uint8]]
    joints: NDArray[np.float32]  # (14,)
    embedding: NDArray[np.float32]  # (384,)
    touch: NDArray[np.float32]  # (4, 5, 3) [uT]


def draw_samples(count: int) -> list[Sample]:
    """Return samples of as many scenes, arms near home; the first has the golden instruction."""
    sim = CellSim()
    samples = []
    for index in range(count):
        sim.reset(FIRST_SEED + index)
        rng = np.random.default_rng([FIRST_SEED + index, 6])
        text = GOLDEN_INSTRUCTION if index == 0 else INSTRUCTIONS[index % len(INSTRUCTIONS)]
        joints = sim.home + np.where(sim.home == 0.0, 0.0, rng.normal(0.0, 0.1, CELL_JOINTS))
        sim.place_arms(joints)
        samples.append(
            Sample(
                images={camera: sim.render(camera) for camera in CAMERA_SIZES},
                joints=joints.astype(np.float32),
                embedding=embed((text,))[0],
                touch=rng.normal(0.0, 10.0, (len(SENSORS), TAXELS, TAXEL_AXES)).astype(np.float32),
            )
        )
    sim.close()
    return samples
