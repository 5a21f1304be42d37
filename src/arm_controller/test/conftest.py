# SPDX-License-Identifier: Apache-2.0
"""A cell on the test's own ROS domain: joints that follow commands, permits, trajectories."""

from array import array
from collections.abc import Iterator
from threading import Lock
from typing import Any

import numpy as np
import pytest
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from rho_core.motion.trajectory import JointTrajectory as Trajectory
from rho_core.pacing import LoopTime
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import SafetyState
from rho_ros import qos
from rho_ros.conversions.safety import safety_to_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.conversions.trajectory import trajectory_to_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription
from rho_ros.testing import ros_context

MS = 1_000_000
JOINTS = ('left_turn_joint', 'left_slide_joint')
START = (0.5, 0.02)


class Cell:
    """Everything around the left arm's controller. Its loop acts 100 times a second."""

    def __init__(self, context: Context) -> None:
        """Connect; `start` makes it alive."""
        self.node = Node('cell', context=context, use_global_arguments=False)
        deep = QoSProfile(depth=5000)
        self._joints = self.node.create_publisher(
            JointState, 'joint_states', qos.sensor_publisher())
        self._safety = self.node.create_publisher(SafetyState, 'safety/state', qos.latched())
        self._trajectories = self.node.create_publisher(
            JointTrajectory, 'left_arm_controller/joint_trajectory', qos.command())
        self._operator = self.node.create_publisher(
            JointTrajectory, 'left_arm_controller/operator_trajectory', qos.command())
        self._commands = PolledSubscription(
            self.node, Float64MultiArray, 'left_forward_position_controller/commands', deep)
        self._states = PolledSubscription(
            self.node, ArmState, 'left_arm_controller/state', qos.state())
        self.commands: list[tuple[float, ...]] = []
        self.state: Any = ArmState()
        self.permit: Permit | None = None
        self.epoch = 1
        self.is_measuring = True
        self.is_stuck = False
        self.ticks = 0
        self._position = START
        self._seq = 0
        self._lock = Lock()
        self._loop = PeriodicLoop(10 * MS, self._tick, 'cell')

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def stop(self) -> None:
        """End."""
        self._loop.stop()
        self.node.destroy_node()

    def now_ns(self) -> int:
        """ROS time."""
        return int(self.node.get_clock().now().nanoseconds)

    def read_commands(self) -> list[tuple[float, ...]]:
        """Copy what was commanded so far."""
        with self._lock:
            return list(self.commands)

    def send(self, rows: list[list[float]], dt_s: float = 0.1) -> None:
        """Publish a trajectory that starts now."""
        self._trajectories.publish(self._trajectory(rows, dt_s))

    def send_as_operator(self, rows: list[list[float]], dt_s: float = 0.1) -> None:
        """Publish an operator's trajectory that starts now."""
        self._operator.publish(self._trajectory(rows, dt_s))

    def _trajectory(self, rows: list[list[float]], dt_s: float) -> JointTrajectory:
        return trajectory_to_ros(Trajectory(
            start_ns=self.now_ns(),
            times_s=np.arange(len(rows), dtype=np.float64) * dt_s,
            joint_names=JOINTS,
            positions=np.array(rows),
        ))

    def send_message(self, message: JointTrajectory) -> None:
        """Publish any trajectory message."""
        self._trajectories.publish(message)

    @property
    def is_connected(self) -> bool:
        """Whether the controller hears and is heard."""
        return bool(self._trajectories.get_subscription_count() and self.state.cycles)

    def _tick(self, _time: LoopTime) -> None:
        self.ticks += 1
        with self._lock:
            self.commands += [tuple(message.data) for message in self._commands.take_all(4096)]
            if self.commands and not self.is_stuck:
                self._position = self.commands[-1]
        for message in self._states.take_all():
            self.state = message
        if self.is_measuring:
            joints = JointState(name=['other_joint', *reversed(JOINTS)])
            joints.header.stamp = time_to_ros(self.now_ns())
            joints.position = array('d', [9.0, *reversed(self._position)])
            self._joints.publish(joints)
        if self.permit is not None:
            self._seq += 1
            self._safety.publish(safety_to_ros(SafetyDecision(
                stamp_ns=self.now_ns(), seq=self._seq, epoch=self.epoch,
                latched=self.permit is Permit.STOP, arms=('right', 'left'),
                permits=(Permit.RUN, self.permit), speed_scales=(1.0, 1.0))))


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


@pytest.fixture
def cell(context: Context) -> Iterator[Cell]:
    cell = Cell(context)
    cell.start()
    yield cell
    cell.stop()
    assert rclpy.ok(context=context)
