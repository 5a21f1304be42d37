# SPDX-License-Identifier: Apache-2.0
"""Commands and joint states over real DDS."""

from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from rho_ros import qos
from rho_ros.arm_topics import NodeArmTopics
from rho_ros.polling import PolledSubscription
from rho_ros.testing import ros_context
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph


@pytest.fixture
def node() -> Iterator[Node]:
    with ros_context() as context:
        node = Node('arm', context=context, use_global_arguments=False)
        yield node
        node.destroy_node()


def take_one(subscription: PolledSubscription[Any], send: Any) -> Any:
    """Send until something comes: the first messages may go before the two have met."""
    taken: list[Any] = []
    wait_for(lambda: send() or taken.extend(subscription.take_all()) or taken, 10.0)
    return taken[-1]


def test_positions_come_as_one_array(node: Node) -> None:
    commands = PolledSubscription(node, Float64MultiArray, 'commands', qos.command())
    sender = NodeArmTopics(node).positions('commands')
    message = take_one(commands, lambda: sender.send((1.0, 2.5)))
    assert list(message.data) == [1.0, 2.5]


def test_a_point_is_a_trajectory_that_starts_when_it_arrives(node: Node) -> None:
    trajectories = PolledSubscription(node, JointTrajectory, 'trajectory', qos.command())
    sender = NodeArmTopics(node).points('trajectory', ('a', 'b'))
    message = take_one(trajectories, lambda: sender.send((1.0, 2.5), 1.25))
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (0, 0)
    assert list(message.joint_names) == ['a', 'b']
    (point,) = message.points
    assert list(point.positions) == [1.0, 2.5]
    assert not point.velocities
    assert (point.time_from_start.sec, point.time_from_start.nanosec) == (1, 250_000_000)


def test_joint_states_are_those_of_the_cell(node: Node) -> None:
    states = NodeArmTopics(node).joint_states()
    publisher = node.create_publisher(JointState, 'joint_states', qos.sensor_publisher())
    sent = JointState(name=['a'], position=array('d', [0.5]))
    message = take_one(states, lambda: publisher.publish(sent))
    assert (list(message.name), list(message.position)) == (['a'], [0.5])
