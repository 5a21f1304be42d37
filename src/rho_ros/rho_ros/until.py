# SPDX-License-Identifier: Apache-2.0
"""Waits inside coroutines of an executor, for what another thread brings about."""

from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node
from rclpy.task import Future


class Until:
    """Asks predicates in the executor's thread, while anybody waits.

    A loop that would wake the executor itself had to take its lock; a poll costs the loop nothing.
    """

    def __init__(self, node: Node, period_s: float = 0.02) -> None:
        """Prepares the timer.

        Args:
            node: in whose executor the waits are.
            period_s: time between two questions [s].
        """
        self._waiting: list[tuple[Callable[[], object], Future[bool]]] = []
        # A clock of its own: ROS time may stand still in simulation.
        self._timer = node.create_timer(
            period_s, self._poll, callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._timer.cancel()

    def __call__(self, predicate: Callable[[], object]) -> 'Future[bool]':
        """Returns a future that is done when the predicate holds; for `await`."""
        future: Future[bool] = Future()
        if predicate():
            future.set_result(True)
            return future
        self._waiting.append((predicate, future))
        self._timer.reset()
        return future

    def _poll(self) -> None:
        asked, self._waiting = self._waiting, []
        for predicate, future in asked:
            try:
                is_done = predicate()
            except Exception as error:
                future.set_exception(error)
                continue
            if is_done:
                future.set_result(True)
            else:
                self._waiting.append((predicate, future))
        if not self._waiting:
            self._timer.cancel()
