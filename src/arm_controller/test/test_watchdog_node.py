# SPDX-License-Identifier: Apache-2.0
"""The watchdog over real DDS: latched at start, names what is missing, stops what it must."""

import json
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from arm_controller.watchdog_node import WatchdogNode
from rho_core.pacing import LoopTime
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import GeometryState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_ros import qos
from rho_ros.conversions.time import time_to_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription
from rho_ros.testing import bring_up
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

# The machine of a test run is busy; the times themselves are tested without DDS.
DEADLINE_MS = 400.0


def entry(kind: str, topic: str, *arms: str, **more: Any) -> dict[str, Any]:
    return {'kind': kind, 'topic': topic, 'deadline_ms': DEADLINE_MS, 'arms': arms, **more}


STREAMS = {
    'joint_states': entry('joint_states', 'joint_states'),
    'camera.front': entry('image', 'camera/front/image_raw',
                          freeze={'limit_ms': 200.0, 'only_while_moving': True}),
    'tactile.left_fingertip_a': entry(
        'tactile', 'tactile/left_fingertip_a/frame', 'left',
        loads={'touch': {'limit': 100.0, 'care': 50.0}}),
    'command.left': entry('trajectory', 'left_arm_controller/joint_trajectory', 'left'),
    'command.right': entry('trajectory', 'right_arm_controller/joint_trajectory', 'right'),
    'controller.left': entry('controller', 'left_arm_controller/state', 'left'),
    'controller.right': entry('controller', 'right_arm_controller/state', 'right'),
    'geometry': entry('geometry', 'safety/geometry'),
    'estop': entry('estop', 'estop'),
}
PARAMETERS: dict[str, Any] = {
    'arms': ['left', 'right'],
    'streams': json.dumps({'streams': STREAMS}),
    'stall_limit_ms': 400.0,
    'reset_quiet_ms': 100.0,
    'realtime_priority': 0,
}
ALWAYS = {'joint_states', 'camera', 'tactile', 'controller_left', 'controller_right', 'geometry',
          'estop'}


class Streams:
    """Publishes every watched stream that is switched on, 50 times a second."""

    def __init__(self, context: Context) -> None:
        self.node = Node('streams', context=context, use_global_arguments=False)
        sensor = qos.sensor_publisher()
        self._publishers = {
            'joint_states': self.node.create_publisher(JointState, 'joint_states', sensor),
            'camera': self.node.create_publisher(Image, 'camera/front/image_raw', sensor),
            'tactile': self.node.create_publisher(
                TactileFrame, 'tactile/left_fingertip_a/frame', sensor),
            'controller_left': self.node.create_publisher(
                ArmState, 'left_arm_controller/state', qos.state()),
            'controller_right': self.node.create_publisher(
                ArmState, 'right_arm_controller/state', qos.state()),
            'geometry': self.node.create_publisher(
                GeometryState, 'safety/geometry', qos.state()),
            'estop': self.node.create_publisher(Bool, 'estop', qos.command()),
            'left': self.node.create_publisher(
                JointTrajectory, 'left_arm_controller/joint_trajectory', qos.command()),
            'right': self.node.create_publisher(
                JointTrajectory, 'right_arm_controller/joint_trajectory', qos.command()),
            'status': self.node.create_publisher(PolicyStatus, 'policy/status', qos.state()),
        }
        self.on: set[str] = set()
        self.content: dict[str, dict[str, Any]] = {
            'tactile': {'rows': 1, 'cols': 1, 'channels': 3, 'data': array('f', [0.0, 3.0, 4.0])},
            'geometry': {'arms': ['left', 'right'], 'speed_scales': array('f', [1.0, 1.0]),
                         'blocked': [False, False]},
            'controller_left': {'stop_time_s': 0.25},
            'controller_right': {'stop_time_s': 0.125},
        }
        self._states = PolledSubscription(self.node, SafetyState, 'safety/state', qos.latched())
        self.state: Any = SafetyState()
        self.reset_client = self.node.create_client(Trigger, 'safety/reset')
        self.stop_client = self.node.create_client(Trigger, 'safety/stop')
        self._loop = PeriodicLoop(20_000_000, self._tick, 'streams')
        self._loop.start()

    def end(self) -> None:
        self._loop.stop()

    def call(self, client: Any) -> Any:
        wait_for(client.service_is_ready, 10.0)
        future = client.call_async(Trigger.Request())
        wait_for(future.done, 10.0)
        return future.result()

    def reset_when_accepted(self) -> None:
        self.on |= ALWAYS
        wait_for(lambda: self.call(self.reset_client).success, 10.0)
        wait_for(lambda: self.state.mode == SafetyState.PERMIT_RUN, 10.0)

    def causes(self) -> dict[str, bool]:
        return {cause.id: cause.active for cause in self.state.causes}

    def _tick(self, _time: LoopTime) -> None:
        stamp = time_to_ros(self.node.get_clock().now().nanoseconds)
        for name in tuple(self.on):
            publisher = self._publishers[name]
            message = publisher.msg_type(**self.content.get(name, {}))
            if hasattr(message, 'header'):
                message.header.stamp = stamp
            publisher.publish(message)
        state = self._states.take_newest()
        if state is not None:
            self.state = state


@pytest.fixture
def streams(context: Context) -> Iterator[Streams]:
    streams = Streams(context)
    watchdog = WatchdogNode(
        'watchdog', context=context, use_global_arguments=False,
        parameter_overrides=[Parameter(name, value=value) for name, value in PARAMETERS.items()])
    with spinning(watchdog, streams.node, context=context) as spinner:
        bring_up(watchdog, spinner)
        yield streams
        streams.end()


def test_it_starts_latched_and_names_what_is_missing_when_reset(streams: Streams) -> None:
    streams.on = {'joint_states'}
    wait_for(lambda: streams.causes().get('joint_states.never') is False, 10.0)
    assert streams.state.latched
    assert list(streams.state.arms) == ['left', 'right']
    assert list(streams.state.permits) == [SafetyState.PERMIT_STOP] * 2
    answer = streams.call(streams.reset_client)
    assert not answer.success
    assert 'camera.front.never (nothing received yet)' in answer.message
    assert 'tactile.left_fingertip_a.never' in answer.message
    assert 'joint_states' not in answer.message
    streams.reset_when_accepted()
    assert not streams.state.latched
    assert streams.causes() == {}


def test_a_lost_stream_stops_both_arms_until_a_reset(streams: Streams) -> None:
    streams.reset_when_accepted()
    epoch = streams.state.epoch
    streams.on -= {'camera'}
    wait_for(lambda: streams.causes().get('camera.front.late', False), 10.0)
    assert list(streams.state.permits) == [SafetyState.PERMIT_STOP] * 2
    assert streams.state.epoch > epoch
    streams.on |= {'camera'}
    wait_for(lambda: streams.causes() == {'camera.front.late': False}, 10.0)
    assert streams.state.latched
    streams.reset_when_accepted()


def test_trajectories_that_cease_stop_both_arms(streams: Streams) -> None:
    streams.reset_when_accepted()
    streams.on |= {'left', 'right'}
    first = streams.state.seq
    wait_for(lambda: streams.state.seq > first + 50, 10.0)
    assert streams.state.mode == SafetyState.PERMIT_RUN
    streams.on -= {'left', 'right'}
    wait_for(lambda: streams.state.latched, 10.0)
    assert set(streams.causes()) <= {'command.left.late', 'command.right.late'}


def test_a_policy_that_says_it_rests_is_not_missed(streams: Streams) -> None:
    streams.reset_when_accepted()
    streams.on |= {'left', 'right'}
    first = streams.state.seq
    wait_for(lambda: streams.state.seq > first + 20, 10.0)
    streams.on -= {'left', 'right'}
    streams.on |= {'status'}
    first = streams.state.seq
    wait_for(lambda: streams.state.seq > first + 100, 10.0)
    assert streams.state.mode == SafetyState.PERMIT_RUN


def test_an_operator_can_stop(streams: Streams) -> None:
    streams.reset_when_accepted()
    assert streams.call(streams.stop_client).success
    wait_for(lambda: streams.state.latched, 10.0)
    assert 'operator.stop' in streams.causes()


def test_a_pressed_or_silent_emergency_stop_stops(streams: Streams) -> None:
    streams.reset_when_accepted()
    streams.content['estop'] = {'data': True}
    wait_for(lambda: streams.causes().get('estop.pressed', False), 10.0)
    assert streams.state.mode == SafetyState.PERMIT_STOP
    streams.content['estop'] = {'data': False}
    streams.reset_when_accepted()
    streams.on -= {'estop'}
    wait_for(lambda: streams.causes().get('estop.late', False), 10.0)
    assert streams.state.mode == SafetyState.PERMIT_STOP


def test_touch_slows_and_stops(streams: Streams) -> None:
    streams.reset_when_accepted()
    streams.content['tactile']['data'] = array('f', [0.0, 36.0, 48.0])
    wait_for(lambda: streams.state.mode == SafetyState.PERMIT_SLOW, 10.0)
    assert list(streams.state.speed_scales) == [0.25, 0.25]
    assert not streams.state.latched
    streams.content['tactile']['data'] = array('f', [0.0, 0.0, 0.0])
    wait_for(lambda: streams.state.mode == SafetyState.PERMIT_RUN, 10.0)
    streams.content['tactile']['data'] = array('f', [0.0, 0.0, float('nan')])
    wait_for(lambda: streams.state.latched, 10.0)
    assert set(streams.causes()) == {'tactile.left_fingertip_a.touch.faulty'}


def test_geometry_slows_and_stops(streams: Streams) -> None:
    streams.reset_when_accepted()
    streams.content['geometry']['speed_scales'] = array('f', [0.5, 1.0])
    wait_for(lambda: streams.state.mode == SafetyState.PERMIT_SLOW, 10.0)
    assert list(streams.state.speed_scales) == [0.5, 0.5]
    streams.content['geometry']['blocked'] = [False, True]
    wait_for(lambda: streams.causes().get('geometry.right.blocked', False), 10.0)
    assert streams.state.latched


def test_an_arm_that_stopped_by_itself_stops_the_other_one(streams: Streams) -> None:
    streams.reset_when_accepted()
    assert list(streams.state.stop_times_s) == [0.25, 0.25]
    streams.content['controller_left'] = {'latched': True, 'stop_epoch': streams.state.epoch}
    wait_for(lambda: 'controller.left.stopped' in streams.causes(), 10.0)
    assert list(streams.state.permits) == [SafetyState.PERMIT_STOP] * 2


def test_a_camera_that_repeats_itself_while_an_arm_moves_stops(streams: Streams) -> None:
    streams.content['camera'] = {'data': array('B', [7] * 100)}
    streams.reset_when_accepted()
    first = streams.state.seq
    wait_for(lambda: streams.state.seq > first + 100, 10.0)
    assert streams.state.mode == SafetyState.PERMIT_RUN
    streams.content['controller_right'] = {'velocity': array('d', [0.0, -0.5])}
    wait_for(lambda: streams.causes().get('camera.front.frozen', False), 10.0)
    assert streams.state.latched


def test_it_tells_how_its_loop_is(streams: Streams) -> None:
    diagnostics = PolledSubscription(streams.node, DiagnosticArray, 'diagnostics', qos.state())
    found: list[Any] = []
    wait_for(lambda: found.extend(diagnostics.take_all()) or found, 10.0)
    status = found[0].status[0]
    assert status.hardware_id == '/watchdog'
    assert {'cycles', 'missed_cycles', 'wake_late_us_p99_9'} <= {v.key for v in status.values}
