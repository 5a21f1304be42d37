# SPDX-License-Identifier: Apache-2.0
"""Grey, depth, YUV and compressed images."""

from array import array

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from rho_core.errors import Refused
from rho_ros.conversions.compressed_image import compressed_image_from_ros
from rho_ros.conversions.image import image_from_ros


def message(encoding: str, rows: NDArray[np.uint8], *, bigendian: bool = False) -> Image:
    height, step = rows.shape
    width = step // {'mono8': 1}.get(encoding, 2)
    return Image(height=height, width=width, step=step, encoding=encoding,
                 is_bigendian=bigendian, data=array('B', rows.tobytes()))


def test_grey_has_one_channel() -> None:
    rows = np.arange(6, dtype=np.uint8).reshape(2, 3)
    image = image_from_ros(message('mono8', rows))
    assert image.shape == (2, 3, 1)
    assert image[..., 0].tolist() == rows.tolist()


@pytest.mark.parametrize('bigendian', [False, True])
def test_depth_is_read_in_the_byte_order_of_the_message(bigendian: bool) -> None:
    depth = np.array([[1, 256, 40_000]], dtype='>u2' if bigendian else '<u2')
    image = image_from_ros(message('16UC1', depth.view(np.uint8), bigendian=bigendian))
    assert image.dtype == np.uint16
    assert image[..., 0].tolist() == [[1, 256, 40_000]]
    assert not image.flags.writeable


@pytest.mark.parametrize(('encoding', 'order'), [('yuv422', (1, 0)), ('yuv422_yuy2', (0, 1))])
def test_both_layouts_of_yuv_give_the_same_colour(encoding: str, order: tuple[int, int]) -> None:
    luma, chroma = np.array([[81, 81]], np.uint8), np.array([[90, 240]], np.uint8)
    rows = np.zeros((1, 4), np.uint8)
    rows[:, order[0]::2], rows[:, order[1]::2] = luma, chroma
    pixel = image_from_ros(message(encoding, rows))[0, 0].tolist()
    # ITU-R BT.601: Y 81, U 90, V 240 is pure red.
    assert pixel[0] > 245
    assert max(pixel[1:]) < 10


def test_yuv_of_an_odd_width_is_refused() -> None:
    with pytest.raises(Refused, match='expected an even width in yuv422, got 3'):
        image_from_ros(message('yuv422', np.zeros((2, 6), np.uint8)))


@pytest.mark.parametrize('suffix', ['.png', '.jpg'])
def test_compressed_images_come_out_as_rgb(suffix: str) -> None:
    bgr = np.zeros((8, 8, 3), np.uint8)
    bgr[..., 2] = 255
    data = cv2.imencode(suffix, bgr)[1].tobytes()
    image = compressed_image_from_ros(CompressedImage(format=suffix[1:], data=array('B', data)))
    assert image.shape == (8, 8, 3)
    assert image[4, 4, 0] > 240
    assert image[4, 4, 1:].max() < 16


@pytest.mark.parametrize('data', [
    b'', b'GIF89a', b'\xff\xd8\xff' + bytes(50), b'\x89PNG\r\n\x1a\n' + bytes(5)])
def test_what_is_no_whole_image_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match='compressed image: '):
        compressed_image_from_ros(CompressedImage(format='jpeg', data=array('B', data)))
