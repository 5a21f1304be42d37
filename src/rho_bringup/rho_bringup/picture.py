# SPDX-License-Identifier: Apache-2.0
"""A picture of a simulated cell as it stood: an overview, and what the cameras saw beside it."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rho_sim.cell_sim import CellSim
from rho_sim.picture import render_picture

Picture = NDArray[np.uint8]

_SETTLE_STEPS = 50
_GAP_PX = 4


def draw_cell(
    seed: int, instruction: str, positions: Sequence[float], cameras: Sequence[Picture]
) -> Picture:
    """Draw the scene of a seed with the arms where they were measured.

    Args:
        seed: Scene.
        instruction: Instruction of the episode.
        positions: Joint positions in cell order [rad, m].
        cameras: What the cameras saw, square, (H, W, 3) RGB; stacked beside the overview.

    Returns:
        (540, W, 3) RGB.
    """
    sim = CellSim()
    try:
        sim.reset(seed, instruction)
        limits = sim.description.limits
        # A closed gripper measures a little less than closed.
        reached = np.clip(np.asarray(positions), limits.lower, limits.upper)
        sim.place_arms(reached)
        sim.step(reached, _SETTLE_STEPS)
        overview = render_picture(sim)
    finally:
        sim.close()
    return np.hstack([overview, _strip(cameras, overview.shape[0])]) if cameras else overview


def save_picture(image: Picture | None, path: Path) -> str:
    """Write a picture and say in one line what was done.

    Args:
        image: (H, W, 3) RGB, None: there is none.
        path: File to write; its ending selects the format.
    """
    if image is None:
        return f'no picture was received, {path} is not written'
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        is_written = cv2.imwrite(str(path), image[:, :, ::-1])
    except cv2.error as error:
        return f'{path} is not written: {" ".join(str(error).split())}'
    return f'picture written to {path}' if is_written else f'{path} could not be written'


def _strip(cameras: Sequence[Picture], height: int) -> Picture:
    """Stack pictures from top to bottom, with a white gap at their left."""
    side = height // len(cameras)
    column = [cv2.resize(image, (side, side), interpolation=cv2.INTER_NEAREST)
              for image in cameras]
    stacked = np.full((height, side + _GAP_PX, 3), 255, dtype=np.uint8)
    for i, image in enumerate(column):
        stacked[i * side:(i + 1) * side, _GAP_PX:] = image
    return stacked
