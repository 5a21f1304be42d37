# SPDX-License-Identifier: Apache-2.0
"""Watches one topic from outside: how often it comes and what it said last."""

from typing import Any
from typing import Generic
from typing import TypeVar

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message

from rho_bringup.episodes.rate_meter import RateMeter
from rho_ros.polling import PolledSubscription

MsgT = TypeVar('MsgT')

_LIMIT = 1000


class TopicWatch(Generic[MsgT]):
    """Counts the messages of a topic and decodes only those that somebody wants to read."""

    def __init__(self, node: Node, msg_type: type[MsgT], topic: str, qos: QoSProfile) -> None:
        """Subscribe; messages wait in the middleware until `poll`."""
        self.topic = topic
        self.meter = RateMeter()
        self._msg_type = msg_type
        self._subscription: PolledSubscription[Any] = PolledSubscription(
            node, msg_type, topic, qos, raw=True)
        self._newest_bytes: bytes | None = None
        self._newest: MsgT | None = None

    def poll(self, steady_ns: int) -> list[bytes]:
        """Take what has arrived, count it and return it undecoded, oldest first."""
        taken = self._subscription.take_all(limit=_LIMIT)
        self.meter.add(len(taken), steady_ns)
        if taken:
            self._newest_bytes = taken[-1]
            self._newest = None
        return taken

    def decode(self, data: bytes) -> MsgT:
        """Decode one message."""
        message: MsgT = deserialize_message(data, self._msg_type)
        return message

    @property
    def newest(self) -> MsgT | None:
        """Newest message, None before the first one."""
        if self._newest is None and self._newest_bytes is not None:
            self._newest = self.decode(self._newest_bytes)
        return self._newest
