# SPDX-License-Identifier: Apache-2.0
"""The action `policy/execute`: an instruction with an end.

Not a node of its own: a part of the policy node.
"""

from __future__ import annotations

from typing import Any

from rclpy.action import CancelResponse
from rclpy.action import GoalResponse

from rho_core.errors import Refused
from rho_interfaces.action import ExecuteInstruction
from rho_policy_node.runtime.task import Task
from rho_policy_node.runtime.task import TaskOutcome
from rho_policy_node.runtime.task import TaskResult
from rho_policy_node.task_desk import TaskDesk
from rho_ros.node import RhoNode
from rho_ros.patient_action_server import PatientActionServer
from rho_ros.until import Until

# Every so many polls of `Until` the client hears how far the policy is.
_POLLS_PER_FEEDBACK = 5


class ExecuteAction:
    """Serves goals in the executor's thread; the action loop does the work."""

    def __init__(self, node: RhoNode, desk: TaskDesk, until: Until) -> None:
        """Advertises at once."""
        self._node = node
        self._desk = desk
        self._until = until
        server = PatientActionServer(
            node,
            ExecuteInstruction,
            'policy/execute',
            self._execute,
            goal_callback=self._judge,
            cancel_callback=lambda _handle: CancelResponse.ACCEPT,
        )
        node.own(server.destroy)

    def _judge(self, request: ExecuteInstruction.Goal) -> GoalResponse:
        is_fit = self._node.is_active and self._desk.is_free and request.instruction.strip()
        return GoalResponse.ACCEPT if is_fit else GoalResponse.REJECT

    async def _execute(self, handle: Any) -> ExecuteInstruction.Result:
        goal = handle.request
        timeout_ns = goal.timeout.sec * 1_000_000_000 + goal.timeout.nanosec
        if timeout_ns < 0:
            return self._end(handle, TaskOutcome(
                result=TaskResult.FAILED, message='timeout: expected >= 0'))
        task = Task(goal.instruction, timeout_ns=timeout_ns)
        try:
            self._desk.put(task)
        except Refused as error:
            return self._end(handle, TaskOutcome(result=TaskResult.FAILED, message=str(error)))
        polls = 0

        def is_over() -> bool:
            nonlocal polls
            polls += 1
            if handle.is_cancel_requested:
                task.cancel()
            if polls % _POLLS_PER_FEEDBACK == 0:
                handle.publish_feedback(ExecuteInstruction.Feedback(
                    elapsed_s=task.elapsed_s, chunk_seq=task.chunk_seq))
            return task.outcome is not None

        await self._until(is_over)
        assert task.outcome is not None
        return self._end(handle, task.outcome)

    def _end(self, handle: Any, outcome: TaskOutcome) -> ExecuteInstruction.Result:
        self._node.get_logger().info(f'task: {outcome.result.name} {outcome.message}'.rstrip())
        if outcome.result is TaskResult.CANCELED and handle.is_cancel_requested:
            handle.canceled()
        elif outcome.result is TaskResult.DONE:
            handle.succeed()
        else:
            handle.abort()
        return ExecuteInstruction.Result(outcome=int(outcome.result), message=outcome.message)
