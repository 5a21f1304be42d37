# SPDX-License-Identifier: Apache-2.0
import struct

import pytest
from rclpy.serialization import serialize_message

from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_ros.cdr import CdrReader

BYTE = struct.Struct('<B')
SEQ = struct.Struct('<Q')
SHAPE = struct.Struct('<3H')


@pytest.mark.parametrize('frame_id', ['', 'a', 'tip', 'left_fingertip_a'])
@pytest.mark.parametrize('count', [0, 1, 7])
def test_fields_are_found_whatever_the_strings_before_them(frame_id: str, count: int) -> None:
    message = TactileFrame(sensor_id=frame_id * 2, seq=2**40 + 3, rows=1, cols=2, channels=3)
    message.header.frame_id = frame_id
    message.header.stamp.sec, message.header.stamp.nanosec = -2, 5
    message.data.extend([1.5] * count)
    message.flags = 6
    cdr = CdrReader(serialize_message(message))
    assert cdr.header() == -2_000_000_000 + 5
    assert cdr.string() == frame_id * 2
    assert cdr.take(SEQ, 8) == (2**40 + 3,)
    assert cdr.take(SHAPE, 2) == (1, 2, 3)
    assert struct.unpack(f'<{count}f', cdr.array(4)) == (1.5,) * count
    assert cdr.take(BYTE, 1) == (6,)


def test_sequences_can_be_read_and_passed_over() -> None:
    state = SafetyState(seq=1, epoch=2, mode=3, arms=['left', 'right'], permits=[1, 3],
                        speed_scales=[0.5, 1.0], stop_times_s=[0.25])
    for is_read in (True, False):
        cdr = CdrReader(serialize_message(state))
        cdr.header()
        cdr.take(SEQ, 8)
        cdr.take(SEQ, 8)
        cdr.take(BYTE, 1)
        cdr.take(BYTE, 1)
        if is_read:
            assert cdr.strings() == ('left', 'right')
            assert cdr.array(1) == b'\x01\x03'
        else:
            cdr.skip_strings()
            cdr.skip_array(1)
        cdr.skip_array(4)
        assert struct.unpack('<f', cdr.array(4)) == (0.25,)


def test_a_short_message_is_refused() -> None:
    data = serialize_message(TactileFrame(sensor_id='tip'))
    with pytest.raises(ValueError, match='too short'):
        CdrReader(data[:8]).header()
    cdr = CdrReader(data[:22])
    cdr.header()
    with pytest.raises(ValueError, match='too short'):
        cdr.string()


def test_another_encapsulation_is_refused() -> None:
    with pytest.raises(ValueError, match='got encapsulation 0000'):
        CdrReader(b'\x00\x00\x00\x00' + bytes(20))
