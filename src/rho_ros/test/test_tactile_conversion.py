# SPDX-License-Identifier: Apache-2.0
"""Touch survives the wire; frames that do not fill their grid are refused."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message

from rho_core.errors import Refused
from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from rho_core.touch import TactileSensor
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_ros.conversions.tactile import tactile_from_ros
from rho_ros.conversions.tactile import tactile_info_from_ros
from rho_ros.conversions.tactile import tactile_info_to_ros
from rho_ros.conversions.tactile import tactile_to_ros

SIDE = st.integers(1, 6)
FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(
    hnp.arrays(np.float32, st.tuples(SIDE, SIDE, SIDE), elements=FLOAT32),
    st.integers(0, 2**64 - 1),
    st.integers(0, 7),
)
def test_readings_survive_the_wire(values: NDArray[np.float32], seq: int, flags: int) -> None:
    reading = TactileReading(
        stamp_ns=7,
        sensor_id='left_fingertip_a',
        seq=seq,
        values=values,
        flags=TactileFlag(flags),
        baseline_id=2,
    )
    wire = serialize_message(tactile_to_ros(reading, 'left_fingertip_a_frame'))
    message = deserialize_message(wire, TactileFrame)
    assert message.header.frame_id == 'left_fingertip_a_frame'
    received = tactile_from_ros(message)
    np.testing.assert_array_equal(received.values, values)
    assert not received.values.flags.writeable
    assert (received.stamp_ns, received.seq, received.flags) == (7, seq, reading.flags)
    assert (received.sensor_id, received.baseline_id) == ('left_fingertip_a', 2)


def test_descriptions_survive_the_wire() -> None:
    sensor = TactileSensor(
        sensor_id='left_fingertip_a',
        format='anyskin',
        frame_id='left_fingertip_a',
        channel_names=('bx', 'by', 'bz'),
        channel_units=('uT', 'uT', 'uT'),
        range_min=-50.0,
        range_max=50.0,
        rate_hz=100.0,
        rows=5,
        cols=1,
        taxel_positions=np.arange(15, dtype=np.float64).reshape(5, 3),
    )
    wire = serialize_message(tactile_info_to_ros(sensor, 9))
    received = tactile_info_from_ros(deserialize_message(wire, TactileInfo))
    assert received.shape == (5, 1, 3)
    assert received.channel_units == sensor.channel_units
    assert (received.frame_id, received.range_max) == ('left_fingertip_a', 50.0)
    np.testing.assert_array_equal(received.taxel_positions, sensor.taxel_positions)


def frame(rows: int, values: list[float]) -> TactileFrame:
    return TactileFrame(sensor_id='s', rows=rows, cols=1, channels=1, data=array('f', values))


@pytest.mark.parametrize(
    ('message', 'problem'),
    [
        (frame(2, [0.0]), 'expected 2 x 1 taxels with 1 channels, got 1 values'),
        (frame(0, []), 'got 0 values'),
        (frame(1, [float('nan')]), 'finite'),
    ],
)
def test_frames_that_cannot_be_meant_are_refused(message: TactileFrame, problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        tactile_from_ros(message)
