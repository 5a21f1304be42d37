# SPDX-License-Identifier: Apache-2.0
"""Tests of the lifecycle manager with two small lifecycle nodes over real DDS."""

from collections.abc import Iterator
from typing import ClassVar

import pytest

pytest.importorskip('rclpy')

from rclpy.context import Context
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from rho_bringup.bringup_state import TOPIC
from rho_bringup.lifecycle_client_node import TransitionFailed
from rho_bringup.lifecycle_manager_node import LifecycleManager
from rho_bringup.lifecycle_manager_node import Parameters
from rho_core.errors import Refused
from rho_ros import qos
from rho_ros.node import RhoNode
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph


class Recorder(RhoNode):
    """Notes its transitions in a list that all nodes share."""

    events: ClassVar[list[str]] = []

    def _note(self, what: str) -> None:
        self.events.append(f'{what} {self.get_name()}')

    def _setup(self) -> None:
        self._note('configure')

    def _start(self) -> None:
        self._note('activate')

    def _stop(self) -> None:
        self._note('deactivate')


class Broken(Recorder):
    """Cannot be configured."""

    def _setup(self) -> None:
        raise Refused('the glue is missing')


@pytest.fixture
def context() -> Iterator[Context]:
    Recorder.events.clear()
    with ros_context() as context:
        yield context


@pytest.fixture
def manager_node(context: Context) -> Iterator[Node]:
    node = Node('lifecycle_manager', context=context)
    yield node
    node.destroy_node()


def params(*, auto_arm: bool = False, discovery_s: float = 10.0) -> Parameters:
    return Parameters(nodes=('first', 'second'), shutdown_nodes=('second', 'first'),
                      discovery_timeout_s=discovery_s, transition_timeout_s=10.0,
                      auto_arm=auto_arm, arm_timeout_s=1.5)


def test_nodes_come_up_in_order_and_go_down_in_theirs(
    context: Context, manager_node: Node
) -> None:
    said: list[str] = []
    nodes = [Recorder(name, context=context) for name in ('first', 'second')]
    nodes[0].create_subscription(String, TOPIC, lambda message: said.append(message.data),
                                 qos.latched())
    with spinning(*nodes, context=context):
        manager = LifecycleManager(manager_node, params())
        manager.bring_up()
        wait_for(lambda: 'ready' in said)
        manager.shut_down()
    assert Recorder.events == [
        'configure first', 'configure second', 'activate first', 'activate second',
        'deactivate second', 'deactivate first']


def test_interrupt_ends_the_run_in_order(context: Context, manager_node: Node) -> None:
    nodes = [Recorder(name, context=context) for name in ('first', 'second')]
    with spinning(*nodes, context=context):
        manager = LifecycleManager(manager_node, params())
        nodes[0].create_subscription(
            String, TOPIC,
            lambda message: manager.interrupt() if message.data == 'ready' else None,
            qos.latched())
        assert manager.run() == 0
    assert Recorder.events[-2:] == ['deactivate second', 'deactivate first']


def test_refusal_names_node_transition_and_reason(context: Context, manager_node: Node) -> None:
    nodes = [Recorder('first', context=context), Broken('second', context=context)]
    with spinning(*nodes, context=context):
        manager = LifecycleManager(manager_node, params())
        with pytest.raises(TransitionFailed) as caught:
            manager.bring_up()
    text = str(caught.value)
    assert text.startswith('second: configure: refused')
    assert 'the glue is missing' in text
    assert 'activate first' not in Recorder.events


def test_missing_node_is_named(context: Context, manager_node: Node) -> None:
    with spinning(Recorder('first', context=context), context=context):
        manager = LifecycleManager(manager_node, params(discovery_s=1.0))
        with pytest.raises(TransitionFailed, match=r'second.*did not answer within 1 s'):
            manager.bring_up()


def test_failed_bring_up_ends_with_an_error_code(context: Context, manager_node: Node) -> None:
    nodes = [Recorder('first', context=context), Broken('second', context=context)]
    with spinning(*nodes, context=context):
        assert LifecycleManager(manager_node, params()).run() == 1


def test_arms_are_released_by_retrying(context: Context, manager_node: Node) -> None:
    nodes = [Recorder(name, context=context) for name in ('first', 'second')]
    calls: list[int] = []

    def reset(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        calls.append(1)
        response.success = len(calls) == 3
        return response

    nodes[0].create_service(Trigger, 'safety/reset', reset)
    with spinning(*nodes, context=context):
        LifecycleManager(manager_node, params(auto_arm=True)).bring_up()
    assert len(calls) == 3


def test_arms_that_stay_stopped_are_reported_with_the_answer(
    context: Context, manager_node: Node
) -> None:
    nodes = [Recorder(name, context=context) for name in ('first', 'second')]

    def refuse(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = False
        response.message = 'camera.front.late'
        return response

    nodes[0].create_service(Trigger, 'safety/reset', refuse)
    with spinning(*nodes, context=context):
        manager = LifecycleManager(manager_node, params(auto_arm=True))
        with pytest.raises(TransitionFailed, match=r'arms not released.*camera\.front\.late'):
            manager.bring_up()
