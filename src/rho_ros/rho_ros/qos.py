# SPDX-License-Identifier: Apache-2.0
"""QoS profiles by intent: every publisher and subscription of the cell takes one of these."""

from rclpy.qos import DurabilityPolicy
from rclpy.qos import HistoryPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy


def sensor_publisher() -> QoSProfile:
    """Drivers: reliable, so that both kinds of subscription match."""
    return _keep_last(5, ReliabilityPolicy.RELIABLE)


def sensor_subscription() -> QoSProfile:
    """Consumers of sensor data: best effort, late samples are worthless."""
    return _keep_last(5, ReliabilityPolicy.BEST_EFFORT)


def command() -> QoSProfile:
    """Commands and trajectories: reliable, only the newest counts."""
    return _keep_last(1, ReliabilityPolicy.RELIABLE)


def state() -> QoSProfile:
    """Periodic reports of a node about itself."""
    return _keep_last(10, ReliabilityPolicy.RELIABLE)


def latched() -> QoSProfile:
    """Last value is kept for late joiners. Use it on both sides."""
    return _keep_last(1, ReliabilityPolicy.RELIABLE, DurabilityPolicy.TRANSIENT_LOCAL)


def _keep_last(
    depth: int,
    reliability: ReliabilityPolicy,
    durability: DurabilityPolicy = DurabilityPolicy.VOLATILE,
) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=reliability,
        durability=durability,
    )
