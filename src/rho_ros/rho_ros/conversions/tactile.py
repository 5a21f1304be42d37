# SPDX-License-Identifier: Apache-2.0
"""Frames and descriptions of tactile sensors."""

from array import array

import numpy as np
from geometry_msgs.msg import Point

from rho_core.errors import Refused
from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from rho_core.touch import TactileSensor
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


def tactile_to_ros(
    reading: TactileReading, frame_id: str = '', into: TactileFrame | None = None
) -> TactileFrame:
    """Makes a reading a message.

    Args:
        reading: the frame.
        frame_id: frame of the sensor.
        into: message to overwrite, for a publisher that sends the frames of one sensor.
    """
    message = TactileFrame() if into is None else into
    header = message.header
    if header.frame_id != frame_id or message.sensor_id != reading.sensor_id:
        header.frame_id = frame_id
        message.sensor_id = reading.sensor_id
    message.rows, message.cols, message.channels = reading.values.shape
    header.stamp.sec, header.stamp.nanosec = divmod(reading.stamp_ns, 1_000_000_000)
    message.seq = reading.seq
    message.data = array('f', np.asarray(reading.values, dtype=np.float32).tobytes())
    message.flags = int(reading.flags)
    message.baseline_id = reading.baseline_id
    return message


def tactile_from_ros(message: TactileFrame) -> TactileReading:
    """Reads a frame.

    Raises:
        Refused: the data do not fill the grid or are not finite.
    """
    shape = (message.rows, message.cols, message.channels)
    # A copy: the message's memory must not change under a read-only array.
    values = np.array(message.data, dtype=np.float32)
    if 0 in shape or values.size != shape[0] * shape[1] * shape[2]:
        raise Refused(
            f'tactile frame of {message.sensor_id}: expected {shape[0]} x {shape[1]} taxels with '
            f'{shape[2]} channels, got {values.size} values'
        )
    if not np.isfinite(values).all():
        raise Refused(f'tactile frame of {message.sensor_id}: expected finite values')
    values = values.reshape(shape)
    values.flags.writeable = False
    return TactileReading(
        stamp_ns=time_from_ros(message.header.stamp),
        sensor_id=message.sensor_id,
        seq=message.seq,
        values=values,
        flags=TactileFlag(message.flags),
        baseline_id=message.baseline_id,
    )


def tactile_info_to_ros(sensor: TactileSensor, stamp_ns: int) -> TactileInfo:
    """Makes the description of a sensor a message."""
    message = TactileInfo(
        sensor_id=sensor.sensor_id,
        format=sensor.format,
        channel_names=list(sensor.channel_names),
        channel_units=list(sensor.channel_units),
        range_min=sensor.range_min,
        range_max=sensor.range_max,
        rate_hz=sensor.rate_hz,
        rows=sensor.rows,
        cols=sensor.cols,
        taxel_positions=[Point(x=x, y=y, z=z) for x, y, z in sensor.taxel_positions.tolist()],
    )
    message.header.stamp = time_to_ros(stamp_ns)
    message.header.frame_id = sensor.frame_id
    return message


def tactile_info_from_ros(message: TactileInfo) -> TactileSensor:
    """Reads the description of a sensor.

    Raises:
        ConfigError: its parts do not fit together.
    """
    positions = [(point.x, point.y, point.z) for point in message.taxel_positions]
    return TactileSensor(
        sensor_id=message.sensor_id,
        format=message.format,
        frame_id=message.header.frame_id,
        channel_names=tuple(message.channel_names),
        channel_units=tuple(message.channel_units),
        range_min=message.range_min,
        range_max=message.range_max,
        rate_hz=message.rate_hz,
        rows=message.rows,
        cols=message.cols,
        taxel_positions=np.array(positions, dtype=np.float64).reshape(-1, 3),
    )
