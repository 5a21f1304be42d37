# SPDX-License-Identifier: Apache-2.0
"""Services that move an arm to places of its own: home, and where it is parked."""

from collections.abc import Callable
from collections.abc import Mapping

from rclpy.callback_groups import ReentrantCallbackGroup
from std_srvs.srv import Trigger

from rho_core.contract.limits import JointLimits
from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.point_to_point import point_to_point
from rho_ros.node import RhoNode
from rho_ros.until import Until


class MotionServices:
    """One `std_srvs/Trigger` per position; the answer comes when the arm is there or is not."""

    def __init__(
        self,
        node: RhoNode,
        prefix: str,
        *,
        places: Mapping[str, tuple[float, ...]],
        limits: JointLimits,
        speed_fraction: float,
        tolerances: GoalTolerances,
        where: Callable[[], tuple[float, ...]],
        ask: Callable[[Goal], None],
        until: Until,
    ) -> None:
        """Advertises at once.

        Args:
            node: owner of the services.
            prefix: of the services' names, before `/go_<place>`.
            places: positions by name [rad, m], empty: not known.
            limits: of the joints.
            speed_fraction: part of the limits that is used, in (0, 1].
            tolerances: how well the arm must get there.
            where: commanded positions now, empty when the arm cannot move.
            ask: gives a goal to the control loop.
            until: waits in the executor.
        """
        self._node = node
        self._limits = limits
        self._speed_fraction = speed_fraction
        self._tolerances = tolerances
        self._where = where
        self._ask = ask
        self._until = until
        for place, positions in places.items():
            # Its own group: while it waits for the arm, the node goes on answering others.
            node.create_service(
                Trigger, f'{prefix}/go_{place}', self._handler(place, positions),
                callback_group=ReentrantCallbackGroup())

    def _handler(self, place: str, positions: tuple[float, ...]) -> Callable[..., object]:
        async def go(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
            start = self._where()
            if not positions:
                response.message = f'{place}: nowhere, see parameter {place}_positions'
            elif not start:
                response.message = f'{place}: the arm is not ready: see its state'
            else:
                goal = self._goal(start, positions)
                self._ask(goal)
                await self._until(lambda: goal.outcome is not None)
                assert goal.outcome is not None
                response.success = goal.outcome.code == 0
                response.message = goal.outcome.text or f'{place}: the arm is there'
            self._node.get_logger().info(f'go_{place}: {response.message}')
            return response

        return go

    def _goal(self, start: tuple[float, ...], positions: tuple[float, ...]) -> Goal:
        trajectory = point_to_point(
            start, positions, self._limits, speed_fraction=self._speed_fraction)
        return Goal(trajectory, self._tolerances, CommandSource.OPERATOR)
