# SPDX-License-Identifier: Apache-2.0
"""Polled messages wait for the taker and never wake an executor."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.context import Context
from rclpy.node import Node
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from rho_ros import qos
from rho_ros.conversions.time import time_to_ros
from rho_ros.polling import PolledSubscription
from rho_ros.polling import stamp_ns_from_raw
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


def message(number: int) -> JointState:
    result = JointState()
    result.header.stamp = time_to_ros(number)
    result.name = [str(number)]
    return result


@pytest.mark.graph
def test_messages_wait_in_order_while_the_executor_spins(context: Context) -> None:
    node = Node('node', context=context)
    publisher = node.create_publisher(JointState, 'joints', qos.sensor_publisher())
    polled = PolledSubscription(node, JointState, 'joints', qos.sensor_publisher())
    with spinning(node, context=context):
        assert polled.take() is None
        for number in (1, 2, 3):
            publisher.publish(message(number))
        received: list[str] = []

        def has_all() -> bool:
            received.extend(taken.name[0] for taken in polled.take_all())
            return len(received) == 3

        wait_for(has_all)
        assert received == ['1', '2', '3']
        assert polled.take_newest() is None


@pytest.mark.graph
def test_the_newest_of_several_can_be_taken_alone(context: Context) -> None:
    node = Node('node', context=context)
    publisher = node.create_publisher(JointState, 'joints', qos.command())
    polled = PolledSubscription(node, JointState, 'joints', qos.command())
    with spinning(node, context=context):
        for number in range(5):
            publisher.publish(message(number))
        newest: list[str] = []

        def has_last() -> bool:
            taken = polled.take_newest()
            newest.extend([taken.name[0]] if taken is not None else [])
            return newest[-1:] == ['4']

        wait_for(has_last)
        assert polled.take() is None


@pytest.mark.graph
def test_raw_messages_give_their_stamp_without_deserialisation(context: Context) -> None:
    node = Node('node', context=context)
    publisher = node.create_publisher(JointState, 'joints', qos.command())
    polled = PolledSubscription(node, JointState, 'joints', qos.command(), raw=True)
    with spinning(node, context=context):
        publisher.publish(message(12_345_678_901))
        taken: list[bytes] = []

        def has_come() -> bool:
            taken.extend(polled.take_all())
            return bool(taken)

        wait_for(has_come)
        assert stamp_ns_from_raw(taken[0]) == 12_345_678_901


@given(st.integers(min_value=0, max_value=2**31 * 10**9 - 1))
def test_the_stamp_is_read_from_serialised_bytes(stamp_ns: int) -> None:
    data = serialize_message(Header(stamp=time_to_ros(stamp_ns), frame_id='world'))
    assert stamp_ns_from_raw(data) == stamp_ns


def test_big_endian_bytes_are_read_too() -> None:
    assert stamp_ns_from_raw(bytes([0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 7])) == 2_000_000_007


def test_too_few_bytes_are_an_error() -> None:
    with pytest.raises(ValueError, match='at least 12 bytes, got 5'):
        stamp_ns_from_raw(bytes(5))
