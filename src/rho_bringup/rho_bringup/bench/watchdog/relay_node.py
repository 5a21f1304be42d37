# SPDX-License-Identifier: Apache-2.0
"""Stands between the writer and the readers of topics: a network that can be made worse.

    python -m rho_bringup.bench.watchdog.relay_node NAME NAMESPACE KIND:FROM:TO...

Orders come on `bench/NAME/order`. It passes messages on within two milliseconds when not told
otherwise.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import rclpy
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from rho_bringup.bench.watchdog.relay_line import RelayLine
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.relay_order import control_topic
from rho_core.pacing import LoopTime
from rho_ros import qos
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription

PERIOD_NS = 2_000_000
PRIORITY = 65

_KINDS: dict[str, tuple[type[Any], QoSProfile, QoSProfile]] = {
    'image': (Image, qos.sensor_subscription(), qos.sensor_publisher()),
    'trajectory': (JointTrajectory, qos.command(), qos.command()),
}


class Relay:
    """The routes of one relay and the loop that serves them."""

    def __init__(self, name: str, namespace: str, routes: Sequence[str]) -> None:
        """Join the graph.

        Args:
            name: Name of the relay.
            namespace: Namespace of the cell.
            routes: `KIND:FROM:TO` each.
        """
        self._node = rclpy.create_node(name, namespace=namespace)
        self._orders = PolledSubscription(
            self._node, String, control_topic(name), qos.latched())
        self._routes = []
        for route in routes:
            kind, source, target = route.split(':')
            message_type, heard, told = _KINDS[kind]
            self._routes.append((
                RelayLine(),
                PolledSubscription(self._node, message_type, source, heard, raw=True),
                self._node.create_publisher(message_type, target, told)))
        self._loop = PeriodicLoop(PERIOD_NS, self._tick, name, PRIORITY)

    def run(self) -> None:
        """Serve until interrupted."""
        self._loop.start()
        try:
            while self._loop.is_running:
                time.sleep(0.1)
        except KeyboardInterrupt:
            pass
        self._loop.stop()

    def _tick(self, loop_time: LoopTime) -> None:
        message = self._orders.take()
        if message is not None:
            order = RelayOrder.from_text(message.data)
            for line, _, _ in self._routes:
                line.obey(order)
        for line, subscription, publisher in self._routes:
            for data in subscription.take_all():
                line.push(data, loop_time.steady_ns)
            for data in line.pop(loop_time.steady_ns):
                publisher.publish(data)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one relay."""
    words = sys.argv[1:] if arguments is None else arguments
    rclpy.init(args=[])
    Relay(words[0], words[1], words[2:]).run()
    rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    sys.exit(main())
