# SPDX-License-Identifier: Apache-2.0
"""Answers that wait for their client without holding up the process.

rmw_fastrtps waits up to 0.1 s inside `send_response` for a client that it has not discovered
completely, and rclpy holds the interpreter lock meanwhile: each loop of the process stands still.
Here the executor goes on until the client can hear.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.service import Service
from rclpy.task import Future

from rho_ros.reply_graph import ReplyGraph

_POLL_S = 0.002
_PATIENCE_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """A verdict to tell once it is known."""

    service: str
    tell: Callable[[bool], object]
    due_ns: int


class PatientReplies:
    """Delays what answers a service until its clients have been discovered.

    All methods are called from the executor's thread.
    """

    def __init__(self, node: Node) -> None:
        """Prepare the timer; it runs only while something waits."""
        self._graph = ReplyGraph(node)
        self._is_needed = ReplyGraph.is_needed()
        self._logger = node.get_logger()
        self._pending: list[_Pending] = []
        # A clock of its own: ROS time may stand still in simulation.
        self._timer = node.create_timer(
            _POLL_S, self._poll, callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._timer.cancel()

    def attach(self, service: 'Service[Any, Any]') -> None:
        """Make a service send its answers patiently."""
        if not self._is_needed:
            return
        send = service.send_response
        name = service.service_name

        def send_patiently(response: Any, header: Any) -> None:
            self._when_heard(name, lambda can_hear: self._send(send, response, header, can_hear))

        service.send_response = send_patiently

    def heard(self, service: str) -> 'Future[bool]':
        """Return a future that is done as soon as all clients of a service can hear.

        Its result is False when one could not within a second: it is better not answered.

        Args:
            service: full name of the service.
        """
        future: Future[bool] = Future()
        self._when_heard(service, future.set_result)
        return future

    def _when_heard(self, service: str, tell: Callable[[bool], object]) -> None:
        is_first = all(one.service != service for one in self._pending)
        if not self._is_needed or (is_first and self._graph.can_all_hear(service)):
            tell(True)
            return
        self._pending.append(_Pending(service=service, tell=tell,
                                      due_ns=time.monotonic_ns() + _PATIENCE_NS))
        self._timer.reset()

    def _poll(self) -> None:
        can_hear: dict[str, bool] = {}
        waiting = []
        now_ns = time.monotonic_ns()
        pending, self._pending = self._pending, []
        for one in pending:
            if one.service not in can_hear:
                can_hear[one.service] = self._graph.can_all_hear(one.service)
            if can_hear[one.service]:
                one.tell(True)
            elif now_ns < one.due_ns:
                waiting.append(one)
            else:
                self._give_up(one)
        self._pending = waiting + self._pending
        if not self._pending:
            self._timer.cancel()

    def _give_up(self, one: _Pending) -> None:
        # As long as nobody was ever seen to hear, the fault may be in how we look.
        can_hear = not self._graph.has_succeeded
        self._logger.warning(
            f'{one.service}: a client was not discovered completely within '
            f'{_PATIENCE_NS / 1e9:.0f} s; ' + ('answered anyway' if can_hear else 'not answered'))
        one.tell(can_hear)

    def _send(
        self, send: Callable[[Any, Any], None], response: Any, header: Any, can_hear: bool
    ) -> None:
        if not can_hear:
            return
        try:
            send(response, header)
        except (rclpy_implementation.InvalidHandle, rclpy_implementation.RCLError) as error:
            self._logger.warning(f'an answer could not be sent, its client may be gone: {error}')
