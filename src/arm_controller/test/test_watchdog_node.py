# SPDX-License-Identifier: Apache-2.0
"""The watchdog over real DDS: latched at start, names what is missing, stops what it must."""

from collections.abc import Iterator
from typing import Any

import pytest
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from arm_controller.watchdog_node import WatchdogNode
from rho_core.pacing import LoopTime
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

PARAMETERS: dict[str, Any] = {
    'arms': ['left', 'right'],
    'cameras': ['front'],
    'tactile': ['left_fingertip_a'],
    # The machine of a test run is busy; the times themselves are tested without DDS.
    'camera_deadline_ms': 400.0,
    'tactile_deadline_ms': 400.0,
    'joint_states_deadline_ms': 400.0,
    'command_deadline_ms': 400.0,
    'stall_limit_ms': 400.0,
    'reset_quiet_ms': 100.0,
    'realtime_priority': 0,
}


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
            'left': self.node.create_publisher(
                JointTrajectory, 'left_arm_controller/joint_trajectory', qos.command()),
            'right': self.node.create_publisher(
                JointTrajectory, 'right_arm_controller/joint_trajectory', qos.command()),
            'status': self.node.create_publisher(PolicyStatus, 'policy/status', qos.state()),
        }
        self.on: set[str] = set()
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
        self.on |= {'joint_states', 'camera', 'tactile'}
        wait_for(lambda: self.call(self.reset_client).success, 10.0)
        wait_for(lambda: self.state.mode == SafetyState.PERMIT_RUN, 10.0)

    def causes(self) -> dict[str, bool]:
        return {cause.id: cause.active for cause in self.state.causes}

    def _tick(self, _time: LoopTime) -> None:
        stamp = time_to_ros(self.node.get_clock().now().nanoseconds)
        for name in tuple(self.on):
            publisher = self._publishers[name]
            message = publisher.msg_type()
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
