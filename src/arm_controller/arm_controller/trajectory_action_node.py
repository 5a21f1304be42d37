# SPDX-License-Identifier: Apache-2.0
"""The action FollowJointTrajectory of an arm controller."""

from collections.abc import Callable

from control_msgs.action import FollowJointTrajectory
from rclpy.action import CancelResponse
from rclpy.action import GoalResponse
from rclpy.action.server import ServerGoalHandle

from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalOutcome
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_ros.conversions.follow_trajectory import goal_from_ros
from rho_ros.conversions.follow_trajectory import outcome_to_ros
from rho_ros.conversions.follow_trajectory import progress_to_ros
from rho_ros.node import RhoNode
from rho_ros.patient_action_server import PatientActionServer
from rho_ros.until import Until

# Every so many polls of `Until` the client hears how far the arm is.
_POLLS_PER_FEEDBACK = 5


class TrajectoryAction:
    """Takes goals in the executor's thread and gives them to the control loop.

    A goal that cannot be followed is accepted and aborted at once: only so its client learns the
    result code. A controller that is not active rejects.
    """

    def __init__(
        self,
        node: RhoNode,
        name: str,
        *,
        joint_names: tuple[str, ...],
        defaults: GoalTolerances,
        ask: Callable[[Goal], None],
        until: Until,
    ) -> None:
        """Advertises at once.

        Args:
            node: owner of the server.
            name: name of the action.
            joint_names: joints of the arm.
            defaults: tolerances where a goal has none.
            ask: gives a goal to the control loop.
            until: waits in the executor.
        """
        self._node = node
        self._joint_names = joint_names
        self._defaults = defaults
        self._ask = ask
        self._until = until
        self._server = PatientActionServer(
            node, FollowJointTrajectory, name, self._execute,
            goal_callback=self._judge,
            cancel_callback=lambda _handle: CancelResponse.ACCEPT,
        )
        node.own(self._server.destroy)

    def _judge(self, _request: FollowJointTrajectory.Goal) -> GoalResponse:
        return GoalResponse.ACCEPT if self._node.is_active else GoalResponse.REJECT

    async def _execute(self, handle: ServerGoalHandle) -> FollowJointTrajectory.Result:
        try:
            trajectory, tolerances = goal_from_ros(
                handle.request, self._joint_names, self._defaults)
        except GoalRefused as error:
            return self._end(handle, GoalOutcome(code=error.code, text=str(error)))
        goal = Goal(trajectory, tolerances, CommandSource.ACTION)
        self._ask(goal)
        watch = _Watch(self._node, handle, goal, self._joint_names)
        await self._until(watch.is_over)
        assert goal.outcome is not None
        return self._end(handle, goal.outcome)

    def _end(self, handle: ServerGoalHandle, outcome: GoalOutcome) -> FollowJointTrajectory.Result:
        name = 'CANCELED' if outcome.is_canceled else outcome.code.name
        self._node.get_logger().info(f'goal: {name} {outcome.text}'.rstrip())
        if outcome.is_canceled:
            handle.canceled()
        elif outcome.code is GoalCode.SUCCESSFUL:
            handle.succeed()
        else:
            handle.abort()
        return outcome_to_ros(outcome)


class _Watch:
    """Carries cancellation to a goal and feedback from it."""

    def __init__(
        self, node: RhoNode, handle: ServerGoalHandle, goal: Goal, joint_names: tuple[str, ...]
    ) -> None:
        self._node = node
        self._handle = handle
        self._goal = goal
        self._joint_names = joint_names
        self._polls = 0

    def is_over(self) -> bool:
        if self._handle.is_cancel_requested:
            self._goal.cancel()
        self._polls += 1
        progress = self._goal.progress
        if progress is not None and self._polls % _POLLS_PER_FEEDBACK == 0:
            self._handle.publish_feedback(progress_to_ros(
                progress, self._goal.trajectory, self._joint_names, self._node.now_ns()))
        return self._goal.outcome is not None
