# SPDX-License-Identifier: Apache-2.0
"""An action server whose answers wait for their client without holding up the process."""

from typing import Any

from rclpy.action import ActionServer
from rclpy.callback_groups import ReentrantCallbackGroup

from rho_ros.node import RhoNode

# What is taken from the middleware, by the service that brought it.
_SERVICES = {'goal': 'send_goal', 'cancel': 'cancel_goal', 'result': 'get_result'}


class PatientActionServer(ActionServer):
    """Takes a request in hand once its client can hear the answer; see `PatientReplies`.

    That takes a few milliseconds for a client that has just appeared and nothing for others. A
    request whose client was not discovered within a second is dropped: nobody would hear of it.
    """

    def __init__(
        self, node: RhoNode, action_type: Any, action_name: str, execute_callback: Any,
        **kwargs: Any,
    ) -> None:
        """Make the server; the arguments are those of rclpy's.

        Without a callback group it gets a reentrant one of its own, so that a request that waits
        holds up no other one.
        """
        if kwargs.get('callback_group') is None:
            kwargs['callback_group'] = ReentrantCallbackGroup()
        self._replies = node.patient_replies
        self._full_name = node.resolve_service_name(action_name)
        super().__init__(node, action_type, action_name, execute_callback, **kwargs)

    async def execute(self, taken_data: Any) -> None:
        """Handle what was taken, each request once its client can hear."""
        heard = {}
        for kind, data in taken_data.items():
            service = _SERVICES.get(kind)
            if service is None or await self._replies.heard(
                    f'{self._full_name}/_action/{service}'):
                heard[kind] = data
        await super().execute(heard)
