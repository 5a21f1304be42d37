# SPDX-License-Identifier: Apache-2.0
"""Drives the transitions of other nodes, with a deadline for every wait."""

import time
from collections.abc import Callable
from typing import Any

from lifecycle_msgs.srv import ChangeState
from lifecycle_msgs.srv import GetState
from rcl_interfaces.msg import Log
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy
from rclpy.qos import QoSProfile

from rho_bringup.transitions import Step
from rho_core.errors import RhoError

_SPIN_S = 0.05
_STATE_REPLY_S = 2.0


class TransitionFailed(RhoError):  # noqa: N818 - reads as what happened
    """A node did not make a transition."""


class Interrupted(RhoError):  # noqa: N818 - reads as what happened
    """Somebody asked for the end while a transition was under way."""


class LifecycleClient:
    """Asks nodes for their state and for transitions.

    Remembers the last error that each node logged, because a refused transition carries no reason.
    """

    def __init__(
        self,
        node: Node,
        executor: SingleThreadedExecutor,
        *,
        is_interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Use a node that has been added to the executor; calls spin it in this thread."""
        self._node = node
        self._executor = executor
        self._is_interrupted = is_interrupted
        self._clients: dict[str, Any] = {}
        self._last_error: dict[str, str] = {}
        remembered = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        node.create_subscription(Log, '/rosout', self._on_log, remembered)

    def spin_until(self, is_done: Callable[[], bool], timeout_s: float) -> bool:
        """Spin until the predicate holds; return whether it did before the time-out.

        Raises:
            Interrupted: Somebody asked for the end.
        """
        deadline_s = time.monotonic() + timeout_s
        while not is_done():
            if self._is_interrupted():
                raise Interrupted('interrupted')
            if time.monotonic() >= deadline_s:
                return False
            self._executor.spin_once(timeout_sec=_SPIN_S)
        return True

    def call(self, kind: type[Any], name: str, request: Any, timeout_s: float) -> Any | None:
        """Call a service; return the response, None when it did not come in time."""
        client = self._client_of(kind, name)
        deadline_s = time.monotonic() + timeout_s
        if not self.spin_until(client.service_is_ready, timeout_s):
            return None
        future = client.call_async(request)
        if not self.spin_until(future.done, deadline_s - time.monotonic()):
            client.remove_pending_request(future)
            return None
        return future.result()

    def is_present(self, node: str) -> bool:
        """Whether a node that answered before is still on the graph."""
        return bool(self._client_of(GetState, f'{node}/get_state').service_is_ready())

    def state_of(self, node: str, timeout_s: float) -> str | None:
        """Return the state label of a node, None when it does not answer in time."""
        deadline_s = time.monotonic() + timeout_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            # A request may be lost while the two sides still discover each other: ask again.
            reply = self.call(GetState, f'{node}/get_state', GetState.Request(),
                              min(left_s, _STATE_REPLY_S))
            if reply is not None:
                return str(reply.current_state.label)
        return None

    def make(self, step: Step, *, discovery_s: float, deadline_s: float) -> bool:
        """Make a transition.

        Args:
            step: Which node and which transition.
            discovery_s: Time that the node gets to answer at all.
            deadline_s: Time that the transition gets.

        Returns:
            Whether the node had to move; False when it was there already.

        Raises:
            TransitionFailed: The node is missing, in a wrong state, too slow or refuses.
        """
        label = step.transition.label
        state = self.state_of(step.node, discovery_s)
        if state is None:
            raise self._failed(step, f'the node did not answer within {discovery_s:g} s')
        if state == step.transition.after:
            return False
        if state != step.transition.before:
            raise self._failed(step, f'it is {state}, expected {step.transition.before}')
        request = ChangeState.Request()
        request.transition.label = label
        reply = self.call(ChangeState, f'{step.node}/change_state', request, deadline_s)
        if reply is None:
            raise self._failed(step, f'not done within {deadline_s:g} s')
        if not reply.success:
            self.spin_until(lambda: step.node in self._last_error, _STATE_REPLY_S)
            raise self._failed(step, 'refused')
        return True

    def _client_of(self, kind: type[Any], name: str) -> Any:
        if name not in self._clients:
            self._clients[name] = self._node.create_client(kind, name)
        return self._clients[name]

    def _failed(self, step: Step, problem: str) -> TransitionFailed:
        reason = self._last_error.get(step.node)
        why = f'; its last error: {reason}' if reason else ''
        return TransitionFailed(f'{step.node}: {step.transition.label}: {problem}{why}')

    def _on_log(self, message: Log) -> None:
        if message.level >= Log.ERROR:
            # The first line of a traceback says nothing, the last one everything.
            name = message.name.rsplit('.', 1)[-1]
            self._last_error[name] = message.msg.strip().rsplit('\n', 1)[-1]
