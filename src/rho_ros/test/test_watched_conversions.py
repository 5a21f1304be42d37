# SPDX-License-Identifier: Apache-2.0
"""What is read out of the bytes is what the message says; a changed definition shows here."""

import math
from array import array
from typing import Any

import numpy as np
import pytest
from geometry_msgs.msg import WrenchStamped
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool
from trajectory_msgs.msg import JointTrajectory

from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_settings import FreezeSettings
from rho_core.safety.stream_settings import LoadSettings
from rho_core.safety.stream_settings import StreamSettings
from rho_core.streams.observation import Observation
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import GeometryState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import TactileFrame
from rho_ros.conversions.watched import MESSAGES
from rho_ros.conversions.watched import policy_activity_from_raw
from rho_ros.conversions.watched import reader

STAMP_NS = 12_000_000_034
NOW_NS = 99
RECEIVED_NS = 77


def read(kind: str, message: Any, **settings: Any) -> Observation:
    if hasattr(message, 'header'):
        message.header.stamp.sec, message.header.stamp.nanosec = 12, 34
    watched = StreamSettings(kind=StreamKind(kind), topic='t', deadline_ms=100.0,
                             arms=('left',) if kind in ('trajectory', 'controller') else (),
                             **settings)
    item = reader('name', watched)(serialize_message(message), NOW_NS, RECEIVED_NS)
    assert isinstance(message, MESSAGES[watched.kind])
    assert (item.stream, item.received_ns) == ('name', RECEIVED_NS)
    assert item.stamp_ns == (STAMP_NS if hasattr(message, 'header') else NOW_NS)
    return item


def image(width: int, height: int, pixel: int = 0, value: int = 9) -> Image:
    message = Image(width=width, height=height, encoding='rgb8', step=3 * width)
    message.header.frame_id = 'front_optical_frame'
    data = array('B', bytes(3 * width * height))
    data[pixel] = value
    message.data = data
    return message


FREEZE = {'freeze': FreezeSettings(limit_ms=100.0)}


@pytest.mark.parametrize(('kind', 'message'), [
    ('joint_states', JointState(name=['a'], position=array('d', [1.0]))),
    ('image', image(4, 4)),
    ('trajectory', JointTrajectory(joint_names=['a'])),
])
def test_of_most_streams_the_stamp_is_enough(kind: str, message: Any) -> None:
    item = read(kind, message)
    assert (item.seq, item.content, item.value, item.fault) == (None, None, None, '')


@pytest.mark.parametrize('size', [(8, 8), (64, 48), (640, 480)])
def test_content_is_the_same_when_only_the_stamp_differs(size: tuple[int, int]) -> None:
    first = read('image', image(*size), **FREEZE).content
    later = image(*size)
    later.header.stamp.sec = 13
    watched = StreamSettings(kind=StreamKind.IMAGE, topic='t', deadline_ms=100.0, **FREEZE)
    assert reader('name', watched)(serialize_message(later), 0, 0).content == first
    assert read('image', image(*size, value=8), **FREEZE).content != first


@pytest.mark.parametrize(('width', 'height'), [(128, 128), (224, 224), (640, 480)])
def test_content_of_large_images_is_taken_from_all_over_them(width: int, height: int) -> None:
    same = read('image', image(width, height, value=0), **FREEZE).content
    side = 16
    for row in range(0, height - side, 48):
        for column in range(0, width - side, 48):
            pixels = np.zeros((height, width, 3), np.uint8)
            pixels[row:row + side, column:column + side, 1] = 50
            changed = image(width, height)
            changed.data = array('B', pixels.tobytes())
            assert read('image', changed, **FREEZE).content != same


def test_joint_states_that_move_differ() -> None:
    contents = {read('joint_states', JointState(name=['a'], position=array('d', [value])),
                     **FREEZE).content for value in (0.0, 1e-9, 1.0)}
    assert len(contents) == 3


def frame(*values: float, flags: int = 0, channels: int = 3) -> TactileFrame:
    return TactileFrame(sensor_id='left_tip', seq=41, rows=1, cols=len(values) // 3,
                        channels=channels, data=array('f', values), flags=flags)


def test_touch_is_the_longest_vector_of_a_taxel() -> None:
    item = read('tactile', frame(1.0, 2.0, 2.0, 0.0, 3.0, 4.0),
                loads={'touch': LoadSettings(limit=10.0)})
    assert (item.seq, item.value, item.fault) == (41, (5.0,), '')
    assert read('tactile', frame(1.0, 2.0, 2.0)).value is None


@pytest.mark.parametrize('message', [
    frame(), frame(1.0, math.nan, 2.0), frame(1.0, 2.0, 3.0, channels=0),
    frame(1.0, 2.0, 3.0, channels=2)])
def test_touch_that_makes_no_sense_is_no_number(message: TactileFrame) -> None:
    item = read('tactile', message, loads={'touch': LoadSettings(limit=10.0)})
    assert isinstance(item.value, tuple)
    assert math.isnan(item.value[0])


def test_flags_of_a_touch_sensor_are_faults_unless_ignored() -> None:
    saturated = frame(1.0, 2.0, 3.0, flags=TactileFrame.FLAG_SATURATED)
    assert 'end of its range' in read('tactile', saturated).fault
    assert not read('tactile', saturated, ignored_flags=('saturated',)).fault
    assert read('tactile', frame(1.0, 2.0, 3.0, flags=TactileFrame.FLAG_STALE),
                ignored_flags=('saturated',)).fault == 'repeats itself'


def test_a_wrench_is_force_and_torque_as_far_as_they_are_limited() -> None:
    message = WrenchStamped()
    message.wrench.force.x, message.wrench.force.z = 3.0, 4.0
    message.wrench.torque.y = -2.0
    limit = LoadSettings(limit=10.0)
    assert read('wrench', message, loads={'force': limit, 'torque': limit}).value == (5.0, 2.0)
    assert read('wrench', message, loads={'torque': limit}).value == (2.0,)
    assert read('wrench', message, **FREEZE).content is not None


@pytest.mark.parametrize('text', ['', 'a', 'a longer reason'])
def test_a_controller_tells_of_its_stop(text: str) -> None:
    message = ArmState(
        arm=f'left{text}', mode=3, reason=text, joint_names=['a', f'b{text}'],
        commanded=array('d', [1.0, 2.0]), measured=array('d', []), error=array('d', [1.0]),
        velocity=array('d', [0.25, -0.5]), acceleration=array('d', [7.0]), source=text,
        accepted=1, refused=2, last_refusal=text, command_age_ms=3.0, permit_age_ms=4.0, cycles=5,
        missed_cycles=6, wake_late_us_max=7.0, tick_us_max=8.0, time_scale=0.75, stop_time_s=0.125,
        latched=True, stop_epoch=2**50)
    assert read('controller', message).value == ControllerStatus(
        is_latched=True, stop_epoch=2**50, stop_time_s=0.125, speed=0.5)
    assert read('controller', ArmState()).value == ControllerStatus(
        is_latched=False, stop_epoch=0, stop_time_s=0.0, speed=0.0)


def test_a_judgement_is_read_per_arm() -> None:
    message = GeometryState(
        seq=5, arms=['left', 'right'], speed_scales=array('f', [0.5, 1.0]), blocked=[False, True],
        margin_m=-0.004, closest='left_forearm - right_tool', tip_speeds=array('f', [0.1, 0.2]))
    item = read('geometry', message)
    value: Any = item.value
    assert (item.seq, value.arms, value.speed_scales, value.blocked) == (
        5, ('left', 'right'), (0.5, 1.0), (False, True))
    assert value.detail == 'left_forearm - right_tool: margin -4 mm'


@pytest.mark.parametrize('is_pressed', [True, False])
def test_an_emergency_stop_has_no_stamp_of_its_own(is_pressed: bool) -> None:
    assert read('estop', Bool(data=is_pressed)).value is is_pressed


@pytest.mark.parametrize('mode', range(4))
def test_a_policy_runs_or_not(mode: int) -> None:
    message = PolicyStatus(bundle_id='swing 1', bundle_sha256='ab' * 32, mode=mode,
                           instruction='Push the red button.')
    message.header.stamp.sec, message.header.stamp.nanosec = 12, 34
    activity = policy_activity_from_raw(serialize_message(message))
    assert activity.stamp_ns == STAMP_NS
    assert activity.is_running is (mode == PolicyStatus.MODE_RUNNING)


def test_other_bytes_are_refused() -> None:
    watched = StreamSettings(kind=StreamKind.TACTILE, topic='t', deadline_ms=100.0)
    with pytest.raises(ValueError, match='message too short'):
        reader('name', watched)(serialize_message(frame(1.0, 2.0, 3.0))[:40], 0, 0)


def test_padding_is_no_content() -> None:
    watched = StreamSettings(kind=StreamKind.JOINT_STATES, topic='t', deadline_ms=100.0, **FREEZE)
    message = JointState(name=['a', 'bc'], position=array('d', [1.0, 2.0]))
    message.header.frame_id = 'f'
    contents = set()
    for _ in range(50):
        serialize_message(image(8, 8, value=200))
        contents.add(reader('name', watched)(serialize_message(message), 0, 0).content)
    assert len(contents) == 1
