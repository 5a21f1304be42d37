# SPDX-License-Identifier: Apache-2.0
"""Publishes how well a loop keeps its deadlines."""

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node

from rho_ros import qos
from rho_ros.conversions.diagnostics import loop_stats_to_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.loop import PeriodicLoop

_PERIOD_NS = 1_000_000_000


class LoopDiagnostics:
    """The topic `diagnostics` of one loop, once a second.

    The loop itself calls `update` at the end of its tick: a timer in another thread would hold
    the interpreter at a moment when the loop wants to wake.
    """

    def __init__(self, node: Node, loop: PeriodicLoop) -> None:
        """Makes the publisher; nothing is published yet."""
        self._node = node.get_fully_qualified_name()
        self._loop = loop
        self._publisher = node.create_publisher(DiagnosticArray, 'diagnostics', qos.state())
        self._due_ns = 0

    def update(self, now_ns: int, steady_ns: int) -> None:
        """Publishes when a second has passed.

        Args:
            now_ns: ROS time, the stamp [ns].
            steady_ns: monotonic time [ns].
        """
        if steady_ns < self._due_ns:
            return
        self._due_ns = steady_ns + _PERIOD_NS
        message = DiagnosticArray()
        message.header.stamp = time_to_ros(now_ns)
        message.status.append(
            loop_stats_to_ros(self._loop.stats(), node=self._node, loop=self._loop.name))
        self._publisher.publish(message)
