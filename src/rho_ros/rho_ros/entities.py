# SPDX-License-Identifier: Apache-2.0
"""Remembers what a node consists of, to destroy later what was added since."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from rclpy.node import Node


class Entities:
    """The publishers, subscriptions, services, clients and timers of a node at one moment."""

    def __init__(self, node: Node) -> None:
        """Takes the inventory."""
        self._node = node
        self._known = {id(entity) for entity, _ in self._inventory()}

    def destroy_new(self) -> None:
        """Destroys what the node has got since, in the order subscriptions to publishers."""
        for entity, destroy in self._inventory():
            if id(entity) not in self._known:
                destroy(entity)

    def _inventory(self) -> list[tuple[Any, Callable[[Any], object]]]:
        node = self._node
        kinds: list[tuple[Iterable[Any], Callable[[Any], object]]] = [
            (node.timers, node.destroy_timer),
            (node.subscriptions, node.destroy_subscription),
            (node.services, node.destroy_service),
            (node.clients, node.destroy_client),
            (node.publishers, node.destroy_publisher),
        ]
        return [(entity, destroy) for entities, destroy in kinds for entity in entities]
