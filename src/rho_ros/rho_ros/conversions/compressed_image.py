# SPDX-License-Identifier: Apache-2.0
"""Images compressed with JPEG or PNG."""

import cv2
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage

from rho_core.errors import Refused

_MARKS = {b'\xff\xd8\xff': 'jpeg', b'\x89PNG\r\n\x1a\n': 'png'}
_MOST_PIXELS = 64_000_000


def compressed_image_from_ros(message: CompressedImage) -> NDArray[np.uint8]:
    """Decodes an image.

    Returns:
        Shape (H, W, 3), RGB, read-only.

    Raises:
        Refused: neither JPEG nor PNG, damaged, or absurdly large.
    """
    data = bytes(message.data)
    if not any(data.startswith(mark) for mark in _MARKS):
        raise Refused(f'compressed image: expected {" or ".join(_MARKS.values())}, got '
                      f'{message.format!r} beginning with {data[:4].hex() or "nothing"}')
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise Refused(f'compressed image: {" ".join(str(error).split())}') from error
    if decoded is None or decoded.shape[0] * decoded.shape[1] > _MOST_PIXELS:
        raise Refused(f'compressed image: {len(data)} bytes of {message.format!r} cannot be '
                      'decoded')
    image = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    image.flags.writeable = False
    return image
