# SPDX-License-Identifier: Apache-2.0
"""Who may have asked a service, and whether all of them can hear its answer yet."""

from collections import Counter
from typing import Protocol

from rclpy.topic_endpoint_info import TopicEndpointInfo
from rclpy.utilities import get_rmw_implementation_identifier

# An endpoint's id starts with that of its participant (RTPS 2.5, 9.3.1.2).
_PARTICIPANT_BYTES = 12


class Graph(Protocol):
    """The part of a node that knows the others' endpoints."""

    def get_publishers_info_by_topic(
        self, topic_name: str, no_mangle: bool = False
    ) -> list[TopicEndpointInfo]:
        """Return the publishers of a topic."""

    def get_subscriptions_info_by_topic(
        self, topic_name: str, no_mangle: bool = False
    ) -> list[TopicEndpointInfo]:
        """Return the subscriptions of a topic."""


class ReplyGraph:
    """Tells whether each client of a service has been discovered with both its halves.

    In Fast DDS a client is a writer of requests and a reader of replies, discovered one after
    the other. rclpy does not say from whom a request came, so all clients are waited for.
    """

    def __init__(self, graph: Graph) -> None:
        """Look through the eyes of a node."""
        self._graph = graph
        self._known: frozenset[bytes] = frozenset()
        self.has_succeeded = False
        """Whether it was ever right that clients could hear."""

    @staticmethod
    def is_needed() -> bool:
        """Whether the middleware in use is one that waits for its client."""
        return str(get_rmw_implementation_identifier()).startswith('rmw_fastrtps')

    def can_all_hear(self, service: str) -> bool:
        """Return whether an answer of the service would find its reader at once.

        A reader counts from the second look on: it is matched just after it is discovered.

        Args:
            service: full name of the service.
        """
        writers = self._graph.get_publishers_info_by_topic(f'rq{service}Request', no_mangle=True)
        found = self._graph.get_subscriptions_info_by_topic(f'rr{service}Reply', no_mangle=True)
        readers = frozenset(bytes(one.endpoint_gid) for one in found)
        lacking = (Counter(bytes(one.endpoint_gid)[:_PARTICIPANT_BYTES] for one in writers)
                   - Counter(one[:_PARTICIPANT_BYTES] for one in readers))
        if lacking:
            return False
        is_settled = readers <= self._known
        # Readers of other services may be forgotten here: they are looked at twice again.
        self._known = self._known | readers if len(self._known) < 1000 else readers
        self.has_succeeded = self.has_succeeded or bool(readers)
        return is_settled
