# SPDX-License-Identifier: Apache-2.0
"""Colour images: RGB, height x width x 3 bytes."""

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image

from rho_core.errors import Refused
from rho_ros.conversions.time import time_to_ros

_CHANNELS = 3
_ENCODINGS = ('rgb8', 'bgr8')


def image_to_ros(image: NDArray[np.uint8], stamp_ns: int, frame_id: str) -> Image:
    """Makes an RGB image a message in encoding rgb8.

    Args:
        image: shape (H, W, 3), RGB.
        stamp_ns: time of exposure [ns].
        frame_id: optical frame of the camera.

    Raises:
        ValueError: the array has another shape or type.
    """
    if image.ndim != 3 or image.shape[2] != _CHANNELS or image.dtype != np.uint8:
        raise ValueError(f'image: expected uint8 (H, W, 3), got {image.dtype} {image.shape}')
    height, width, _ = image.shape
    message = Image(height=height, width=width, encoding='rgb8', step=width * _CHANNELS)
    message.header.stamp = time_to_ros(stamp_ns)
    message.header.frame_id = frame_id
    # Everything but an array('B') is checked byte by byte by the message's setter.
    data = array('B')
    data.frombytes(np.ascontiguousarray(image).data.cast('B'))
    message.data = data
    return message


def image_from_ros(message: Image) -> NDArray[np.uint8]:
    """Reads an image as RGB.

    Returns:
        Shape (H, W, 3), read-only; a view of the message where the layout allows it.

    Raises:
        Refused: another encoding, or data that do not match the size.
    """
    if message.encoding not in _ENCODINGS:
        raise Refused(
            f'image: expected encoding {" or ".join(_ENCODINGS)}, got {message.encoding!r}: '
            'convert it before this node'
        )
    height, width, step = message.height, message.width, message.step
    row_bytes = width * _CHANNELS
    if height == 0 or width == 0 or step < row_bytes or len(message.data) != height * step:
        raise Refused(
            f'image: expected {height} rows of {step} >= {row_bytes} bytes, '
            f'got {len(message.data)} bytes'
        )
    rows = np.frombuffer(message.data, dtype=np.uint8).reshape(height, step)
    pixels = rows[:, :row_bytes].reshape(height, width, _CHANNELS)
    image = pixels if message.encoding == 'rgb8' else np.ascontiguousarray(pixels[:, :, ::-1])
    image.flags.writeable = False
    return image
