# SPDX-License-Identifier: Apache-2.0
"""Listens to what the benchmark measures, from outside of the stack."""

import math
from types import TracebackType
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from std_msgs.msg import Float64MultiArray

from rho_bringup import cell_topics
from rho_bringup.cell import Cell
from rho_interfaces.msg import GeometryState
from rho_ros.conversions.diagnostics import loop_stats_from_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.loop_stats import LoopStats
from rho_ros.polling import PolledSubscription
from rho_ros.realtime import raise_middleware_threads

_DEPTH = 4000


class Probe:
    """Collects loop statistics, send times of commands and costs of geometry checks.

    Use as a context manager; all calls from one thread. `poll` at least once a second.
    """

    def __init__(self, cell: Cell) -> None:
        """Join the graph."""
        self._context = Context()
        rclpy.init(args=[], context=self._context)
        self._node = Node('bench_probe', namespace=cell.namespace, context=self._context)
        # Best effort: a slow observer must never hold up a controller.
        profile = QoSProfile(depth=_DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._diagnostics = self._subscribe(DiagnosticArray, 'diagnostics', profile)
        self._geometry = self._subscribe(GeometryState, 'safety/geometry', profile)
        self._commands = {
            arm: self._subscribe(Float64MultiArray, cell_topics.command_topic(arm), profile)
            for arm in cell.arms
        }
        raise_middleware_threads()
        self.stats: dict[str, tuple[int, LoopStats]] = {}
        """Newest statistics by the node's name, each with its stamp on the ROS clock [ns]."""
        self.sent_ns: dict[str, list[int]] = {arm: [] for arm in cell.arms}
        """When each command was sent, on the system clock [ns]."""
        self.geometry_check_ms: list[float] = []

    def __enter__(self) -> 'Probe':
        """Return the probe."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the graph."""
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def now_ns(self) -> int:
        """ROS time, on which statistics are stamped [ns]."""
        return int(self._node.get_clock().now().nanoseconds)

    def restart(self) -> None:
        """Forget commands and checks."""
        self.poll()
        for times in self.sent_ns.values():
            times.clear()
        self.geometry_check_ms.clear()

    def poll(self) -> None:
        """Take what has arrived."""
        for arm, commands in self._commands.items():
            self.sent_ns[arm] += commands.take_sent_ns(_DEPTH)
        for message in self._geometry.take_all(_DEPTH):
            if math.isfinite(message.check_ms):
                self.geometry_check_ms.append(float(message.check_ms))
        for message in self._diagnostics.take_all():
            stamp_ns = time_from_ros(message.header.stamp)
            for status in message.status:
                name = status.hardware_id.rsplit('/', 1)[-1]
                self.stats[name] = stamp_ns, loop_stats_from_ros(status)

    def _subscribe(
        self, msg_type: type[Any], topic: str, profile: QoSProfile
    ) -> PolledSubscription[Any]:
        return PolledSubscription(self._node, msg_type, topic, profile)
