# SPDX-License-Identifier: Apache-2.0
"""The topics over which ros2_control arms are told where to go and tell where they are."""

from array import array
from collections.abc import Sequence

from rclpy.node import Node
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory
from trajectory_msgs.msg import JointTrajectoryPoint

from rho_ros import qos
from rho_ros.conversions.time import duration_to_ros
from rho_ros.joint_state_taker import JointStateTaker


class PositionPublisher:
    """Publishes std_msgs/Float64MultiArray, with one message for all."""

    def __init__(self, node: Node, topic: str) -> None:
        """Advertises at once."""
        self._publisher = node.create_publisher(Float64MultiArray, topic, qos.command())
        self._message = Float64MultiArray()

    def send(self, positions: Sequence[float]) -> None:
        """Publishes one position per joint [rad, m]."""
        # The setter copies an array and checks anything else value by value.
        self._message.data = array('d', positions)
        self._publisher.publish(self._message)


class PointPublisher:
    """Publishes trajectory_msgs/JointTrajectory with one point, with one message for all."""

    def __init__(self, node: Node, topic: str, joint_names: Sequence[str]) -> None:
        """Advertises at once."""
        self._publisher = node.create_publisher(JointTrajectory, topic, qos.command())
        self._point = JointTrajectoryPoint()
        # A stamp of zero means: from when it arrives.
        self._message = JointTrajectory(joint_names=list(joint_names), points=[self._point])

    def send(self, positions: Sequence[float], time_from_start_s: float) -> None:
        """Publishes one position per joint [rad, m], to be reached after a time [s]."""
        self._point.positions = array('d', positions)
        self._point.time_from_start = duration_to_ros(round(time_from_start_s * 1e9))
        self._publisher.publish(self._message)


class NodeArmTopics:
    """Opens topics of a node for one arm."""

    def __init__(self, node: Node) -> None:
        """Opens nothing yet."""
        self._node = node

    def joint_states(self) -> JointStateTaker:
        """Subscribes to the joint states of the cell."""
        return JointStateTaker(self._node)

    def positions(self, topic: str) -> PositionPublisher:
        """Publishes std_msgs/Float64MultiArray."""
        return PositionPublisher(self._node, topic)

    def points(self, topic: str, joint_names: Sequence[str]) -> PointPublisher:
        """Publishes trajectory_msgs/JointTrajectory."""
        return PointPublisher(self._node, topic, joint_names)
