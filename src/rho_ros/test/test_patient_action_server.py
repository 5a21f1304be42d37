# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from rho_interfaces.action import ExecuteInstruction
from rho_ros.node import RhoNode
from rho_ros.patient_action_server import PatientActionServer
from rho_ros.reply_graph import ReplyGraph
from rho_ros.testing import ros_context
from rho_ros.testing import wait_for


def execute(handle: Any) -> Any:
    handle.succeed()
    return ExecuteInstruction.Result()


@pytest.mark.graph
def test_a_goal_waits_until_its_client_can_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    can_hear = False

    def look(_self: ReplyGraph, service: str) -> bool:
        asked.add(service)
        return can_hear

    monkeypatch.setattr(ReplyGraph, 'is_needed', staticmethod(lambda: True))
    with ros_context() as context:
        node = RhoNode('server', context=context)
        monkeypatch.setattr(ReplyGraph, 'can_all_hear', look)
        asking = Node('client', context=context)
        executor = SingleThreadedExecutor(context=context)
        server = PatientActionServer(node, ExecuteInstruction, '~/act', execute)
        client = ActionClient(asking, ExecuteInstruction, 'server/act')
        for one in (node, asking):
            executor.add_node(one)

        def spin(timeout_s: float) -> None:
            executor.spin_once(timeout_s)

        wait_for(client.server_is_ready, spin=spin)
        goal = client.send_goal_async(ExecuteInstruction.Goal())
        wait_for(lambda: '/server/act/_action/send_goal' in asked, spin=spin)
        for _ in range(20):
            executor.spin_once(0.001)
        assert not goal.done()
        can_hear = True
        wait_for(goal.done, spin=spin)
        assert goal.result().accepted
        result = goal.result().get_result_async()
        wait_for(result.done, spin=spin)
        assert '/server/act/_action/get_result' in asked
        server.destroy()
        client.destroy()
        for one in (node, asking):
            executor.remove_node(one)
            one.destroy_node()
        executor.shutdown()
