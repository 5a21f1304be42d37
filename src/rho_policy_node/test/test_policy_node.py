# SPDX-License-Identifier: Apache-2.0
"""The node over real DDS, among fake sensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from rho_core.chunks.report import PolicyMode
from rho_core.pacing import LoopTime
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from rho_core.touch import TactileSensor
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_policy_node.policy_node import PolicyNode
from rho_ros import qos
from rho_ros.conversions.image import image_to_ros
from rho_ros.conversions.joint_state import joint_state_to_ros
from rho_ros.conversions.safety import safety_to_ros
from rho_ros.conversions.tactile import tactile_info_to_ros
from rho_ros.conversions.tactile import tactile_to_ros
from rho_ros.conversions.trajectory import trajectory_from_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription
from rho_ros.testing import Spinner
from rho_ros.testing import bring_down
from rho_ros.testing import bring_up
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

RED = 'Push the red button with the right gripper.'
BLUE = 'Push the blue button with the right gripper.'
JOINTS = ('left_a', 'left_b', 'right_a', 'right_b')
CAMERAS = {'front': (8, 16), 'wrist': (8, 8)}
SENSORS = ('finger_l', 'finger_r')
ARMS = ('left', 'right')


class FakeCell(Node):
    """Sensors, watchdog and operator; everything at 50 Hz from one loop, stoppable by name."""

    def __init__(self, context: Context) -> None:
        super().__init__('fake_cell', context=context)
        self.dead: set[str] = set()
        self.permit = Permit.RUN
        self.unit = 'uT'
        publisher = self.create_publisher
        self._images = {
            name: publisher(Image, f'camera/{name}/image_raw', qos.sensor_publisher())
            for name in CAMERAS
        }
        self._joints = publisher(JointState, 'joint_states', qos.sensor_publisher())
        self._touch = {
            name: publisher(TactileFrame, f'tactile/{name}/frame', qos.sensor_publisher())
            for name in SENSORS
        }
        self._infos = {
            name: publisher(TactileInfo, f'tactile/{name}/info', qos.latched()) for name in SENSORS
        }
        self._safety = publisher(SafetyState, 'safety/state', qos.latched())
        self._instruction = publisher(String, 'policy/instruction', qos.latched())
        self.trajectories: dict[str, PolledSubscription[Any]] = {
            arm: PolledSubscription(
                self, JointTrajectory, f'{arm}_arm_controller/joint_trajectory', qos.state()
            )
            for arm in ARMS
        }
        self._statuses: PolledSubscription[Any] = PolledSubscription(
            self, PolicyStatus, 'policy/status', qos.state()
        )
        self.status = PolicyStatus()
        self.loop = PeriodicLoop(20_000_000, self._tick, 'fake cell')

    def instruct(self, text: str) -> None:
        self._instruction.publish(String(data=text))

    def describe_touch(self) -> None:
        for name, info in self._infos.items():
            sensor = TactileSensor(
                sensor_id=name,
                format='anyskin',
                frame_id=name,
                channel_names=('bx', 'by', 'bz'),
                channel_units=(self.unit,) * 3,
                range_min=-1.0,
                range_max=1.0,
                rate_hz=100.0,
                rows=5,
                cols=1,
                taxel_positions=np.zeros((5, 3)),
            )
            info.publish(tactile_info_to_ros(sensor, self._now_ns()))

    def mode(self) -> PolicyMode:
        for status in self._statuses.take_all():
            self.status = status
        return PolicyMode(self.status.mode)

    def is_in(self, mode: PolicyMode, reason: str = '') -> bool:
        return self.mode() is mode and reason in self.status.reason

    def drain(self) -> None:
        for subscription in self.trajectories.values():
            subscription.take_all()

    def _now_ns(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _tick(self, loop_time: LoopTime) -> None:
        now_ns = self._now_ns()
        for name, size in CAMERAS.items():
            if name not in self.dead:
                image = np.full((*size, 3), 90, dtype=np.uint8)
                self._images[name].publish(image_to_ros(image, now_ns, name))
        if 'joint_states' not in self.dead:
            positions = np.array([0.4, 0.1, 0.3, 0.2])
            names = ('right_b', 'left_a', 'right_a', 'left_b')
            self._joints.publish(joint_state_to_ros(now_ns, names, positions))
        for name in SENSORS:
            reading = TactileReading(
                stamp_ns=now_ns,
                sensor_id=name,
                seq=loop_time.cycle,
                values=np.zeros((5, 1, 3), dtype=np.float32),
                flags=TactileFlag(0),
                baseline_id=1,
            )
            self._touch[name].publish(tactile_to_ros(reading))
        decision = SafetyDecision(
            stamp_ns=now_ns,
            seq=loop_time.cycle,
            epoch=0,
            latched=self.permit is Permit.STOP,
            arms=ARMS,
            permits=(self.permit,) * 2,
            speed_scales=(1.0, 1.0),
        )
        self._safety.publish(safety_to_ros(decision))


def parameters(bundle: Path, /, **changes: Any) -> list[Parameter[Any]]:
    values: dict[str, Any] = {
        'bundle': str(bundle),
        'arms': list(ARMS),
        'joints': list(JOINTS),
        'joints_per_arm': [2, 2],
        'joint_lower': [-3.0] * 4,
        'joint_upper': [3.0] * 4,
        'joint_velocity': [3.0] * 4,
    }
    return [Parameter(name, value=value) for name, value in (values | changes).items()]


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


@pytest.fixture
def cell(context: Context) -> Iterator[FakeCell]:
    cell = FakeCell(context)
    cell.describe_touch()
    cell.loop.start()
    try:
        yield cell
    finally:
        cell.loop.stop()
        cell.destroy_node()


@pytest.fixture
def node(context: Context, sound_bundle: Path) -> PolicyNode:
    return PolicyNode('policy_node', context=context, parameter_overrides=parameters(sound_bundle))


@pytest.fixture
def spinner(node: PolicyNode, context: Context) -> Iterator[Spinner]:
    with spinning(node, context=context) as spinner:
        yield spinner


@pytest.fixture
def running(node: PolicyNode, spinner: Spinner, cell: FakeCell) -> FakeCell:
    bring_up(node, spinner)
    cell.instruct(RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    cell.drain()
    return cell


def pair(cell: FakeCell) -> tuple[Any, Any]:
    """The next two trajectories with one stamp."""
    seen: dict[str, dict[int, Any]] = {arm: {} for arm in ARMS}

    def has_pair() -> bool:
        for arm in ARMS:
            for message in cell.trajectories[arm].take_all():
                trajectory = trajectory_from_ros(message)
                seen[arm][trajectory.start_ns] = trajectory
        return bool(seen['left'].keys() & seen['right'].keys())

    wait_for(has_pair)
    stamp_ns = max(seen['left'].keys() & seen['right'].keys())
    return seen['left'][stamp_ns], seen['right'][stamp_ns]


def test_both_arms_get_one_chunk_with_one_stamp(running: FakeCell) -> None:
    left, right = pair(running)
    assert left.start_ns == right.start_ns
    assert (left.joint_names, right.joint_names) == (JOINTS[:2], JOINTS[2:])
    assert left.times_s == pytest.approx(np.arange(10) * 0.1)
    assert np.abs(left.positions[0] - [0.1, 0.2]).max() < 0.05
    assert np.abs(right.positions[0] - [0.3, 0.4]).max() < 0.05


def test_the_status_tells_bundle_instruction_and_streams(running: FakeCell) -> None:
    status = running.status
    assert status.bundle_id == 'tiny 0.1.0'
    assert len(status.bundle_sha256) == 64
    assert status.instruction == RED
    assert [stream.name for stream in status.streams] == [
        'front',
        'wrist',
        'proprioception',
        'touch',
    ]
    assert all(stream.ok for stream in status.streams)
    assert not math.isnan(status.context_age_ms)


def test_a_camera_that_stops_silences_the_policy_with_a_reason(running: FakeCell) -> None:
    running.dead.add('wrist')
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'wrist stale'))
    running.drain()
    first = running.status.chunk_seq
    stamp = running.status.header.stamp
    wait_for(lambda: running.mode() is PolicyMode.WAITING and running.status.header.stamp != stamp)
    assert running.status.chunk_seq == first
    assert all(running.trajectories[arm].take() is None for arm in ARMS)
    running.dead.clear()
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))
    pair(running)


def test_another_instruction_changes_the_output(running: FakeCell) -> None:
    red, _ = pair(running)
    running.instruct(BLUE)
    wait_for(lambda: running.is_in(PolicyMode.RUNNING) and running.status.instruction == BLUE)
    running.drain()
    blue, _ = pair(running)
    assert np.abs(blue.positions - red.positions).max() > 1e-3


def test_an_empty_instruction_idles(running: FakeCell) -> None:
    running.instruct('')
    wait_for(lambda: running.is_in(PolicyMode.IDLE))


def test_the_word_that_it_runs_comes_before_the_first_trajectory(
    running: FakeCell, node: PolicyNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.instruct('')
    wait_for(lambda: running.is_in(PolicyMode.IDLE))
    sent: list[str] = []
    publish, publish_status = node._publish, node._publish_status

    def note_chunk(chunk: Any) -> None:
        sent.append('trajectories')
        publish(chunk)

    def note_status(report: Any) -> None:
        sent.append(report.mode.name)
        publish_status(report)

    monkeypatch.setattr(node, '_publish', note_chunk)
    monkeypatch.setattr(node, '_publish_status', note_status)
    running.instruct(RED)
    wait_for(lambda: 'trajectories' in sent)
    assert sent[sent.index('trajectories') - 1] == 'RUNNING'


def test_a_stop_of_the_watchdog_silences_the_policy(running: FakeCell) -> None:
    running.permit = Permit.STOP
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'safety: stop latched'))
    running.permit = Permit.RUN
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))


def test_touch_in_another_unit_is_not_used(running: FakeCell) -> None:
    running.unit = 'mT'
    running.describe_touch()
    wait_for(
        lambda: running.is_in(
            PolicyMode.WAITING, 'touch.finger_l faulty: expected unit uT, the sensor has mT'
        )
    )


def test_it_stops_and_starts_again(running: FakeCell, node: PolicyNode, spinner: Spinner) -> None:
    bring_down(node, spinner)
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'deactivated'))
    bring_up(node, spinner)
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))


@pytest.mark.parametrize(
    'changes',
    [
        {'bundle': '/nowhere'},
        {'embodiment': 'single_arm'},
        {'joints': ['left_a', 'left_b', 'right_a', 'right_x']},
        {'joints_per_arm': [2, 1]},
        {'joint_lower': [0.0]},
        {'providers': ['CUDAExecutionProvider']},
    ],
)
def test_what_does_not_fit_fails_at_configure(
    context: Context, sound_bundle: Path, changes: dict[str, Any]
) -> None:
    node = PolicyNode(
        'policy_node', context=context, parameter_overrides=parameters(sound_bundle, **changes)
    )
    with (
        spinning(node, context=context) as spinner,
        pytest.raises(RuntimeError, match='trigger_configure failed'),
    ):
        bring_up(node, spinner)
