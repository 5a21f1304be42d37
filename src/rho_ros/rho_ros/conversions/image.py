# SPDX-License-Identifier: Apache-2.0
"""Images: RGB, grey and depth, height x width x channels."""

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image

from rho_core.errors import Refused
from rho_ros.conversions.time import time_to_ros

_CHANNELS = 3

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
# Bytes of one pixel in memory, by encoding. Both YUV layouts are 4:2:2, UYVY and YUYV.
_BYTES = {'rgb8': 3, 'bgr8': 3, 'mono8': 1, '16UC1': 2, 'mono16': 2, 'yuv422': 2,
          'yuv422_yuy2': 2}
_YUV = {'yuv422': 'COLOR_YUV2RGB_UYVY', 'yuv422_yuy2': 'COLOR_YUV2RGB_YUY2'}


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


def image_from_ros(message: Image) -> Pixels:
    """Reads an image.

    Returns:
        Read-only; a view of the message where the layout allows it. Colour: uint8 (H, W, 3), RGB.
        Grey: uint8 (H, W, 1). Depth (16UC1, mono16): uint16 (H, W, 1).

    Raises:
        Refused: another encoding, or data that do not match the size.
    """
    encoding = message.encoding
    if encoding not in _BYTES:
        raise Refused(
            f'image: expected encoding {", ".join(_BYTES)}, got {encoding!r}: '
            'convert it before this node'
        )
    image = _convert(_pixels(message, _BYTES[encoding]), message)
    image.flags.writeable = False
    return image


def _pixels(message: Image, size: int) -> NDArray[np.uint8]:
    """Returns the bytes of all pixels, shape (H, W, size), without the padding of the rows."""
    height, width, step = message.height, message.width, message.step
    row_bytes = width * size
    if height == 0 or width == 0 or step < row_bytes or len(message.data) != height * step:
        raise Refused(
            f'image: expected {height} rows of {step} >= {row_bytes} bytes, '
            f'got {len(message.data)} bytes'
        )
    rows = np.frombuffer(message.data, dtype=np.uint8).reshape(height, step)
    return rows[:, :row_bytes].reshape(height, width, size)


def _convert(pixels: NDArray[np.uint8], message: Image) -> Pixels:
    encoding = message.encoding
    if encoding in ('rgb8', 'mono8'):
        return pixels
    if encoding == 'bgr8':
        return np.ascontiguousarray(pixels[:, :, ::-1])
    if encoding in _YUV:
        if message.width % 2:
            raise Refused(f'image: expected an even width in {encoding}, got {message.width}')
        # Most processes see no YUV, and the library costs 30 MB.
        import cv2

        code: int = getattr(cv2, _YUV[encoding])
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), code), np.uint8)
    order = '>u2' if message.is_bigendian else '<u2'
    depth = np.ascontiguousarray(pixels).view(order)
    return depth if depth.dtype == np.uint16 else depth.astype(np.uint16)
