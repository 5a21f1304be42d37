# SPDX-License-Identifier: Apache-2.0
"""What a controller gives to its back end. Messages stay on the controller's side."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Protocol


class MessageTaker(Protocol):
    """The part of a polled subscription that is used."""

    def take_all(self) -> list[Any]:
        """Return the waiting messages, oldest first."""
        ...


class PositionSender(Protocol):
    """Publishes positions."""

    def send(self, positions: Sequence[float]) -> None:
        """Publish one position per joint [rad, m]."""
        ...


class PointSender(Protocol):
    """Publishes trajectories of one point."""

    def send(self, positions: Sequence[float], time_from_start_s: float) -> None:
        """Publish one position per joint [rad, m], to be reached after a time [s]."""
        ...


class ArmTopics(Protocol):
    """Opens the topics over which ros2_control is told and tells."""

    def joint_states(self) -> MessageTaker:
        """Subscribe to the sensor_msgs/JointState of the cell."""
        ...

    def positions(self, topic: str) -> PositionSender:
        """Publish std_msgs/Float64MultiArray."""
        ...

    def points(self, topic: str, joint_names: Sequence[str]) -> PointSender:
        """Publish trajectory_msgs/JointTrajectory."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendContext:
    """One arm as its controller sees it.

    Attributes:
        arm: name of the arm, in its topics.
        joint_names: joints in the order of the commands.
        period_s: time between two commands.
        now_ns: ROS time [ns].
        topics: opens topics of the controller's node.
        steady_ns: steady time [ns].
        realtime_priority: SCHED_FIFO priority of the control loop, 0: none.
    """

    arm: str
    joint_names: tuple[str, ...]
    period_s: float
    now_ns: Callable[[], int]
    topics: ArmTopics
    steady_ns: Callable[[], int] = time.monotonic_ns
    realtime_priority: int = 0
