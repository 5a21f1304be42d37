# SPDX-License-Identifier: Apache-2.0
"""From samples to the tensors that a graph takes, exactly as the bundle declares them."""

from __future__ import annotations

from typing import Any
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from rho_core.contract.normalisation import affine_of
from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import JointStream
from rho_core.contract.streams import SampledStream
from rho_core.contract.streams import TactileStream
from rho_core.contract.streams import WrenchStream
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.sources import sources_of


class JointValues(Protocol):
    """Measured joints by name."""

    @property
    def names(self) -> tuple[str, ...]:
        """Joint names, in the order of the arrays."""

    @property
    def positions(self) -> NDArray[np.float64]:
        """Positions [rad or m], shape (J,)."""

    @property
    def velocities(self) -> NDArray[np.float64] | None:
        """Velocities [rad/s or m/s], shape (J,), None when not measured."""


def is_present(stream: SampledStream, frame: AlignedFrame) -> bool:
    """Whether all sources of a stream that is not required are there."""
    return all(source in frame.samples for source in sources_of(stream))


def tensor_of(stream: SampledStream, frame: AlignedFrame) -> NDArray[Any]:
    """Makes the tensor of one stream.

    A stream that is not required and absent gives zeros; its graph gets a mask of 0 beside it.

    Args:
        stream: What the bundle declares.
        frame: Its decoded samples: images uint8 (H, W, 3), JointValues, touch float32 (taxels,
            channels), wrench (6,).

    Raises:
        Refused: If a value does not have the declared form.
    """
    if not stream.required and not is_present(stream, frame):
        dtype = stream.dtype if isinstance(stream, ImageStream) else 'float32'
        return np.zeros(stream.shape, dtype)
    sources = sources_of(stream)
    if not stream.history_ms:
        return _moment(stream, [frame.samples[source].value for source in sources])
    histories = [frame.history[source] for source in sources]
    moments = [
        _moment(stream, [sample.value for sample in samples])
        for samples in zip(*histories, strict=True)
    ]
    return np.stack(moments, axis=1)


def mask_of(stream: SampledStream, frame: AlignedFrame) -> NDArray[np.float32]:
    """Returns 1 where a stream that is not required is there, 0 where not, shape (1, 1)."""
    return np.full((1, 1), is_present(stream, frame), np.float32)


def _moment(stream: SampledStream, values: list[Any]) -> NDArray[Any]:
    """Makes the tensor of one moment, without an axis for time."""
    if isinstance(stream, ImageStream):
        return image_tensor(stream, values[0])
    if isinstance(stream, JointStream):
        tensor = joint_tensor(stream, values[0])
    elif isinstance(stream, TactileStream):
        tensor = touch_tensor(stream, values)
    else:
        tensor = wrench_tensor(stream, values[0])
    affine = affine_of(stream.normalisation)
    if affine is None:
        return tensor
    return affine.normalise(tensor.astype(np.float64)).astype(np.float32)


def image_tensor(stream: ImageStream, image: NDArray[Any]) -> NDArray[Any]:
    """Returns an image as (1, H, W, channels) in the declared size and unit.

    Colour and grey become one another; depth is never made of either.

    Raises:
        Refused: If it is smaller than declared, of another aspect or of another kind.
    """
    height, width = stream.size
    channels = stream.shape[-1]
    fits = image.ndim == 3 and image.dtype == stream.dtype and image.shape[2] in (
        (1,) if stream.unit == 'depth_mm' else (1, 3))
    if not fits:
        raise Refused(f'{stream.name}: expected {stream.dtype} (H, W, {channels}), got '
                      f'{image.dtype} {image.shape}')
    has_height, has_width = image.shape[:2]
    if (has_height, has_width) != (height, width):
        if has_height < height or has_height * width != has_width * height:
            raise Refused(
                f'{stream.name}: expected {width}x{height} or a larger image of the same aspect, '
                f'got {has_width}x{has_height}'
            )
        # The mean of depths on both sides of an edge is a place where nothing is.
        how = cv2.INTER_NEAREST if stream.unit == 'depth_mm' else cv2.INTER_AREA
        image = np.asarray(cv2.resize(image, (width, height), interpolation=how))
        image = image.reshape(height, width, -1)
    if image.shape[2] != channels:
        code = cv2.COLOR_GRAY2RGB if channels == 3 else cv2.COLOR_RGB2GRAY
        image = np.asarray(cv2.cvtColor(image, code)).reshape(height, width, channels)
    return np.ascontiguousarray(image)[None]


def joint_tensor(stream: JointStream, reading: JointValues) -> NDArray[np.float32]:
    """Returns the joints in model order as (1, fields x joints).

    Raises:
        Refused: If a joint or a field is not measured, or a value is not finite.
    """
    index = {name: column for column, name in enumerate(reading.names)}
    missing = [name for name in stream.joints if name not in index]
    if missing:
        raise Refused(f'{stream.name}: no joint {", ".join(missing)} in the joint state')
    order = [index[name] for name in stream.joints]
    parts = []
    for field in stream.fields:
        values = reading.positions if field == 'position' else reading.velocities
        if values is None:
            raise Refused(f'{stream.name}: the joint state has no velocities')
        parts.append(values[order])
    tensor = np.concatenate(parts).astype(np.float32)[None]
    if not np.isfinite(tensor).all():
        raise Refused(f'{stream.name}: a joint value is not finite')
    return tensor


def touch_tensor(stream: TactileStream, frames: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Returns the frames of all sensors as (1, sensors, taxels, channels).

    Raises:
        Refused: If a frame has another shape or a value is not finite.
    """
    expected = stream.shape[-2:]
    for sensor, frame in zip(stream.sensors, frames, strict=True):
        if frame.shape != expected:
            raise Refused(
                f'{stream.name}: {sensor} gives shape {frame.shape}, expected {expected}'
            )
    tensor = np.stack(frames).astype(np.float32, copy=False)[None]
    if not np.isfinite(tensor).all():
        raise Refused(f'{stream.name}: a value is not finite')
    return tensor


def wrench_tensor(stream: WrenchStream, values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Returns forces and torques as (1, 6).

    Raises:
        Refused: If there are not six finite values.
    """
    tensor = np.asarray(values, np.float32)[None]
    if tensor.shape != (1, 6) or not np.isfinite(tensor).all():
        raise Refused(f'{stream.name}: expected 6 finite values, got {tensor[0].tolist()}')
    return tensor
