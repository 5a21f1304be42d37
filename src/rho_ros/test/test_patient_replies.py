# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace
from typing import Any

import pytest
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from rho_ros.node import RhoNode
from rho_ros.patient_replies import PatientReplies
from rho_ros.reply_graph import ReplyGraph
from rho_ros.testing import ros_context
from rho_ros.testing import wait_for


class FakeGraph:
    """What a node would know about one service's clients."""

    def __init__(self) -> None:
        self.writers: list[bytes] = []
        self.readers: list[bytes] = []

    def get_publishers_info_by_topic(self, topic: str, no_mangle: bool = False) -> list[Any]:
        assert no_mangle
        return [SimpleNamespace(endpoint_gid=list(gid)) for gid in self.writers
                if topic == 'rq/cell/stopRequest']

    def get_subscriptions_info_by_topic(self, topic: str, no_mangle: bool = False) -> list[Any]:
        assert no_mangle
        return [SimpleNamespace(endpoint_gid=list(gid)) for gid in self.readers
                if topic == 'rr/cell/stopReply']


def gid(participant: int, entity: int) -> bytes:
    return bytes([participant] * 12 + [entity] * 4)


def test_nobody_needs_to_be_waited_for_when_there_are_no_clients() -> None:
    assert ReplyGraph(FakeGraph()).can_all_hear('/cell/stop')


def test_a_client_without_ear_is_waited_for() -> None:
    fake = FakeGraph()
    graph = ReplyGraph(fake)
    fake.writers = [gid(1, 3)]
    assert not graph.can_all_hear('/cell/stop')
    assert not graph.can_all_hear('/cell/stop')
    fake.readers = [gid(2, 4)]
    assert not graph.can_all_hear('/cell/stop')
    assert not graph.has_succeeded


def test_an_ear_counts_from_the_second_look_on() -> None:
    fake = FakeGraph()
    graph = ReplyGraph(fake)
    fake.writers = [gid(1, 3)]
    fake.readers = [gid(1, 4)]
    assert not graph.can_all_hear('/cell/stop')
    assert graph.can_all_hear('/cell/stop')
    assert graph.has_succeeded


def test_each_client_of_a_participant_needs_an_ear_of_its_own() -> None:
    fake = FakeGraph()
    graph = ReplyGraph(fake)
    fake.writers = [gid(1, 3), gid(1, 5)]
    fake.readers = [gid(1, 4)]
    assert not graph.can_all_hear('/cell/stop')
    assert not graph.can_all_hear('/cell/stop')
    fake.readers = [gid(1, 4), gid(1, 6)]
    assert not graph.can_all_hear('/cell/stop')
    assert graph.can_all_hear('/cell/stop')


def test_a_client_that_has_gone_is_not_waited_for() -> None:
    fake = FakeGraph()
    graph = ReplyGraph(fake)
    fake.writers = [gid(1, 3)]
    assert not graph.can_all_hear('/cell/stop')
    fake.writers = []
    assert graph.can_all_hear('/cell/stop')


class ServingNode(RhoNode):
    """Has a service from the beginning."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.asked = 0
        self.create_service(Trigger, 'stop', self._answer)

    def _answer(self, _request: Any, response: Any) -> Any:
        self.asked += 1
        response.success = True
        return response


@pytest.mark.graph
def test_the_executor_goes_on_while_an_answer_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    can_hear = False
    monkeypatch.setattr(ReplyGraph, 'is_needed', staticmethod(lambda: True))
    monkeypatch.setattr(ReplyGraph, 'can_all_hear', lambda _self, _service: can_hear)
    with ros_context() as context:
        node = ServingNode('server', context=context)
        asking = Node('client', context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        executor.add_node(asking)
        ticks: list[int] = []
        node.create_timer(0.001, lambda: ticks.append(1))
        client = asking.create_client(Trigger, 'stop')
        wait_for(client.service_is_ready, spin=lambda s: executor.spin_once(s))
        future = client.call_async(Trigger.Request())
        wait_for(lambda: node.asked, spin=lambda s: executor.spin_once(s))
        before = len(ticks)
        wait_for(lambda: len(ticks) > before + 5, spin=lambda s: executor.spin_once(s))
        assert not future.done()
        can_hear = True
        wait_for(future.done, spin=lambda s: executor.spin_once(s))
        assert future.result().success
        assert node.asked == 1
        for one in (node, asking):
            executor.remove_node(one)
            one.destroy_node()
        executor.shutdown()


@pytest.mark.graph
@pytest.mark.parametrize(('has_succeeded', 'is_answered'), [(False, True), (True, False)])
def test_patience_ends(
    monkeypatch: pytest.MonkeyPatch, has_succeeded: bool, is_answered: bool
) -> None:
    monkeypatch.setattr(ReplyGraph, 'is_needed', staticmethod(lambda: True))
    monkeypatch.setattr(ReplyGraph, 'can_all_hear', lambda _self, _service: False)
    monkeypatch.setattr('rho_ros.patient_replies._PATIENCE_NS', 0)
    with ros_context() as context:
        node = Node('server', context=context)
        replies = PatientReplies(node)
        monkeypatch.setattr(replies._graph, 'has_succeeded', has_succeeded)
        future = replies.heard('/stop')
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        wait_for(future.done, spin=lambda s: executor.spin_once(s))
        assert future.result() is is_answered
        executor.remove_node(node)
        executor.shutdown()
        node.destroy_node()


@pytest.mark.graph
def test_parameter_and_lifecycle_services_are_patient_too() -> None:
    with ros_context() as context:
        node = ServingNode('server', context=context)
        names = {service.service_name for service in node.services
                 if 'send_response' in vars(service)}
        node.destroy_node()
    if ReplyGraph.is_needed():
        assert {'/stop', '/server/get_parameters', '/server/change_state'} <= names
