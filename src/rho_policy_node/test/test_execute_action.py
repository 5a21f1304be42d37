# SPDX-License-Identifier: Apache-2.0
"""The action policy/execute, over real DDS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from action_msgs.msg import GoalStatus
from builtin_interfaces.msg import Duration
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node

from rho_core.chunks.report import PolicyMode
from rho_core.safety.permit import Permit
from rho_interfaces.action import ExecuteInstruction
from rho_policy_node.fake_surroundings_node import BLUE
from rho_policy_node.fake_surroundings_node import RED
from rho_policy_node.fake_surroundings_node import FakeSurroundings
from rho_policy_node.fake_surroundings_node import parameters
from rho_policy_node.policy_node import PolicyNode
from rho_ros.testing import bring_up
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


@pytest.fixture
def cell(context: Context) -> Iterator[FakeSurroundings]:
    cell = FakeSurroundings(context)
    cell.describe_touch()
    cell.loop.start()
    try:
        yield cell
    finally:
        cell.loop.stop()
        cell.destroy_node()


@pytest.fixture
def client(context: Context, cell: FakeSurroundings, sound_bundle: Path) -> Iterator[Any]:
    node = PolicyNode('policy_node', context=context, parameter_overrides=parameters(sound_bundle))
    operator = Node('operator', context=context)
    with spinning(node, operator, context=context) as spinner:
        bring_up(node, spinner)
        client = ActionClient(operator, ExecuteInstruction, 'policy/execute')
        wait_for(client.server_is_ready)
        yield client
        client.destroy()


def send(client: Any, text: str, timeout_s: int = 0, heard: list[Any] | None = None) -> Any:
    goal = ExecuteInstruction.Goal(instruction=text, timeout=Duration(sec=timeout_s))
    listen = None if heard is None else heard.append
    future = client.send_goal_async(goal, feedback_callback=listen)
    wait_for(future.done)
    return future.result()


def result(handle: Any) -> Any:
    future = handle.get_result_async()
    wait_for(future.done, 20.0)
    return future.result()


def test_it_runs_says_how_far_it_is_and_ends_in_time(client: Any, cell: FakeSurroundings) -> None:
    heard: list[Any] = []
    handle = send(client, RED, timeout_s=1, heard=heard)
    assert handle.accepted
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    assert cell.status.instruction == RED
    answer = result(handle)
    assert answer.status == GoalStatus.STATUS_ABORTED
    assert answer.result.outcome == ExecuteInstruction.Result.OUTCOME_TIMEOUT
    assert any(message.feedback.chunk_seq > 0 for message in heard)
    wait_for(lambda: cell.is_in(PolicyMode.IDLE))


def test_it_can_be_canceled(client: Any, cell: FakeSurroundings) -> None:
    handle = send(client, RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    future = handle.cancel_goal_async()
    wait_for(future.done)
    answer = result(handle)
    assert answer.status == GoalStatus.STATUS_CANCELED
    assert answer.result.outcome == ExecuteInstruction.Result.OUTCOME_CANCELED
    wait_for(lambda: cell.is_in(PolicyMode.IDLE))


def test_a_stop_ends_it(client: Any, cell: FakeSurroundings) -> None:
    handle = send(client, RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    cell.permit = Permit.STOP
    answer = result(handle)
    assert answer.result.outcome == ExecuteInstruction.Result.OUTCOME_STOPPED
    assert 'stop latched' in answer.result.message


def test_an_instruction_by_topic_takes_its_place(client: Any, cell: FakeSurroundings) -> None:
    handle = send(client, RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    cell.instruct(BLUE)
    answer = result(handle)
    assert answer.result.outcome == ExecuteInstruction.Result.OUTCOME_FAILED
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING) and cell.status.instruction == BLUE)


def test_a_second_goal_and_an_empty_one_are_rejected(client: Any, cell: FakeSurroundings) -> None:
    assert not send(client, '  ').accepted
    handle = send(client, RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    assert not send(client, BLUE).accepted
    handle.cancel_goal_async()
    result(handle)
