# SPDX-License-Identifier: Apache-2.0
"""Writes a picture to a file."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST_SIDE_PX = 512


def save_picture(image: NDArray[np.uint8] | None, path: Path) -> str:
    """Write a picture, small ones enlarged by whole pixels, and say in one line what was done.

    Args:
        image: (H, W, 3) RGB, None: no picture has come.
        path: File to write; its ending selects the format.
    """
    if image is None:
        return f'no picture was received, {path} is not written'
    times = max(1, round(SMALLEST_SIDE_PX / min(image.shape[:2])))
    large = image.repeat(times, axis=0).repeat(times, axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        is_written = cv2.imwrite(str(path), large[:, :, ::-1])
    except cv2.error as error:
        return f'{path} is not written: {" ".join(str(error).split())}'
    return f'picture written to {path}' if is_written else f'{path} could not be written'
