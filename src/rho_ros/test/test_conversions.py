# SPDX-License-Identifier: Apache-2.0
"""What goes to ROS and comes back is the same; what cannot be meant is refused."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMessage

from rho_core.errors import Refused
from rho_core.motion.trajectory import JointTrajectory
from rho_ros.conversions.image import image_from_ros
from rho_ros.conversions.image import image_to_ros
from rho_ros.conversions.joint_state import JointPicker
from rho_ros.conversions.joint_state import joint_state_from_ros
from rho_ros.conversions.joint_state import joint_state_to_ros
from rho_ros.conversions.time import duration_from_ros
from rho_ros.conversions.time import duration_to_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.conversions.trajectory import trajectory_from_ros
from rho_ros.conversions.trajectory import trajectory_to_ros

STAMPS_NS = st.integers(min_value=0, max_value=2**31 * 10**9 - 1)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(STAMPS_NS)
def test_stamps_keep_every_nanosecond(stamp_ns: int) -> None:
    assert time_from_ros(time_to_ros(stamp_ns)) == stamp_ns


@given(st.integers(min_value=-(2**31) * 10**9, max_value=2**31 * 10**9 - 1))
def test_durations_keep_every_nanosecond_and_their_sign(duration_ns: int) -> None:
    assert duration_from_ros(duration_to_ros(duration_ns)) == duration_ns


@given(STAMPS_NS, hnp.arrays(np.float64, (2, 7), elements=FINITE), st.booleans())
def test_joints_survive_the_wire(
    stamp_ns: int, values: NDArray[np.float64], has_velocities: bool
) -> None:
    names = [f'joint_{i}' for i in range(7)]
    message = joint_state_to_ros(stamp_ns, names, values[0], values[1] if has_velocities else None)
    reading = joint_state_from_ros(deserialize_message(serialize_message(message), JointState))
    assert reading.stamp_ns == stamp_ns
    assert reading.names == tuple(names)
    np.testing.assert_array_equal(reading.positions, values[0])
    assert not reading.positions.flags.writeable
    if has_velocities:
        np.testing.assert_array_equal(reading.velocities, values[1])
    else:
        assert reading.velocities is None


@pytest.mark.parametrize(
    ('names', 'positions', 'message'),
    [
        (['a', 'a'], [0.0, 0.0], 'unique'),
        (['a', 'b'], [0.0], 'expected 2 values in position, got 1'),
        (['a'], [float('nan')], 'finite'),
    ],
)
def test_joint_states_that_cannot_be_meant_are_refused(
    names: list[str], positions: list[float], message: str
) -> None:
    with pytest.raises(Refused, match=message):
        joint_state_from_ros(JointState(name=names, position=positions))


def test_joints_are_picked_by_name_whatever_the_order() -> None:
    picker = JointPicker(['b', 'a'])
    for names in (['a', 'b', 'c'], ['c', 'b', 'a']):
        values = np.array([float(ord(name)) for name in names])
        reading = joint_state_from_ros(joint_state_to_ros(0, names, values, values))
        assert picker.positions(reading).tolist() == [98.0, 97.0]
        velocities = picker.velocities(reading)
        assert velocities is not None
        assert velocities.tolist() == [98.0, 97.0]


def test_a_missing_joint_is_named() -> None:
    reading = joint_state_from_ros(joint_state_to_ros(0, ['a'], np.zeros(1)))
    assert JointPicker(['a']).velocities(reading) is None
    with pytest.raises(Refused, match='missing: b'):
        JointPicker(['a', 'b']).positions(reading)


@given(
    STAMPS_NS,
    hnp.arrays(np.float64, (10, 7), elements=FINITE),
    hnp.arrays(np.int64, 10, elements=st.integers(0, 10**10), unique=True),
    st.booleans(),
)
def test_trajectories_survive_the_wire(
    start_ns: int, values: NDArray[np.float64], times_ns: NDArray[np.int64], has_velocities: bool
) -> None:
    trajectory = JointTrajectory(
        start_ns=start_ns,
        times_s=np.sort(times_ns).astype(np.float64) * 1e-9,
        joint_names=tuple(f'joint_{i}' for i in range(7)),
        positions=values,
        velocities=-values if has_velocities else None,
    )
    wire = serialize_message(trajectory_to_ros(trajectory))
    received = trajectory_from_ros(deserialize_message(wire, JointTrajectoryMessage))
    assert received.start_ns == start_ns
    assert received.joint_names == trajectory.joint_names
    np.testing.assert_array_equal(received.positions, trajectory.positions)
    np.testing.assert_array_equal(received.times_s, trajectory.times_s)
    if has_velocities:
        np.testing.assert_array_equal(received.velocities, trajectory.velocities)
    else:
        assert received.velocities is None


def two_points() -> JointTrajectoryMessage:
    return trajectory_to_ros(
        JointTrajectory(
            start_ns=0,
            times_s=np.array([0.0, 0.1]),
            joint_names=('a', 'b'),
            positions=np.zeros((2, 2)),
            velocities=np.zeros((2, 2)),
        )
    )


def test_trajectories_of_wrong_structure_are_refused_with_the_place() -> None:
    message = two_points()
    message.points[1].positions = array('d', [0.0])
    with pytest.raises(Refused, match=r'points\[1\].positions: expected 2 values, got 1'):
        trajectory_from_ros(message)
    message = two_points()
    message.points[0].velocities = array('d')
    with pytest.raises(Refused, match=r'points\[0\].velocities: expected 2 values, got 0'):
        trajectory_from_ros(message)


def test_trajectories_without_points_or_with_nan_are_refused() -> None:
    with pytest.raises(Refused):
        trajectory_from_ros(JointTrajectoryMessage(joint_names=['a']))
    with pytest.raises(Refused):
        trajectory_from_ros(JointTrajectoryMessage())
    message = two_points()
    message.points[1].positions = array('d', [0.0, float('nan')])
    with pytest.raises(Refused, match='finite'):
        trajectory_from_ros(message)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8), st.just(3))))
def test_images_survive_the_wire(image: NDArray[np.uint8]) -> None:
    message = image_to_ros(image, 5, 'front_optical_frame')
    received = deserialize_message(serialize_message(message), Image)
    assert received.header.frame_id == 'front_optical_frame'
    result = image_from_ros(received)
    np.testing.assert_array_equal(result, image)
    assert not result.flags.writeable


def test_a_flipped_view_is_sent_as_it_looks() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)[::-1]
    np.testing.assert_array_equal(image_from_ros(image_to_ros(image, 0, '')), image)


def test_bgr_and_padded_rows_come_out_as_plain_rgb() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    padded = np.zeros((2, 8), dtype=np.uint8)
    padded[:, :6] = image.reshape(2, 6)
    message = Image(height=2, width=2, step=8, encoding='bgr8', data=array('B', padded.tobytes()))
    np.testing.assert_array_equal(image_from_ros(message), image[:, :, ::-1])


@pytest.mark.parametrize(
    ('encoding', 'size', 'message'),
    [('bayer_rggb8', 12, 'expected encoding rgb8, bgr8'), ('rgb8', 11, 'got 11 bytes'),
     ('16UC1', 8, 'got 8 bytes'), ('yuv422', 11, 'got 11 bytes')],
)
def test_images_that_cannot_be_read_are_refused(encoding: str, size: int, message: str) -> None:
    data = array('B', bytes(size))
    with pytest.raises(Refused, match=message):
        image_from_ros(Image(height=2, width=2, step=6, encoding=encoding, data=data))


def test_an_empty_image_is_refused() -> None:
    with pytest.raises(Refused):
        image_from_ros(Image(encoding='rgb8'))


@pytest.mark.parametrize('shape', [(2, 2), (2, 2, 4), (2, 2, 1)])
def test_arrays_that_are_no_rgb_image_are_not_sent(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r'\(H, W, 3\)'):
        image_to_ros(np.zeros(shape, dtype=np.uint8), 0, '')
