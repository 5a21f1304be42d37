# SPDX-License-Identifier: Apache-2.0
"""What a control loop reads of joint states is what the message says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip('rclpy')

from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from rho_ros.joint_state_taker import JointStateDecoder

names = st.lists(st.text('abc_ü', min_size=1, max_size=12), max_size=9)


def message(joints: list[str], positions: list[float], sec: int = 7, frame: str = '') -> bytes:
    return serialize_message(JointState(
        header=Header(stamp=Time(sec=sec, nanosec=8), frame_id=frame), name=joints,
        position=positions, velocity=[1.0] * len(joints)))


@given(st.lists(st.tuples(names, st.integers(0, 2**31 - 1), st.sampled_from(['', 'world'])),
                min_size=1, max_size=5))
def test_names_positions_and_stamps_are_read_however_they_change(
    told: list[tuple[list[str], int, str]],
) -> None:
    decoder = JointStateDecoder()
    for joints, sec, frame in told:
        positions = [0.5 * i for i in range(len(joints))]
        for _ in range(2):
            view = decoder.decode(message(joints, positions, sec, frame))
            assert view.name == joints
            assert list(view.position) == positions
            assert (view.header.stamp.sec, view.header.stamp.nanosec) == (sec, 8)


def test_another_number_of_positions_under_the_same_names_is_seen() -> None:
    decoder = JointStateDecoder()
    assert len(decoder.decode(message(['a', 'b'], [1.0, 2.0])).position) == 2
    assert len(decoder.decode(message(['a', 'b'], [1.0])).position) == 1


@given(st.integers(0, 60))
def test_a_message_that_is_cut_off_is_refused(end: int) -> None:
    decoder = JointStateDecoder()
    whole = message(['a', 'b'], [1.0, 2.0])
    with pytest.raises(ValueError, match=r'too short|encapsulation'):
        decoder.decode(whole[:min(end, whole.index(b'b\0') + 1)])
    decoder.decode(whole)
    with pytest.raises(ValueError, match=r'too short|encapsulation'):
        decoder.decode(whole[:min(end, whole.index(b'b\0') + 1)])
