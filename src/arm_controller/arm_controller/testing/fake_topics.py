# SPDX-License-Identifier: Apache-2.0
"""Topics of one process: what a test puts in comes out, what is sent is kept."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any


class FakeInbox:
    """A polled subscription."""

    def __init__(self) -> None:
        """Start empty."""
        self.messages: list[Any] = []

    def take_all(self) -> list[Any]:
        """Return and drop the waiting messages."""
        messages, self.messages = self.messages, []
        return messages


class FakeOutbox:
    """A publisher of positions or points."""

    def __init__(self, topic: str, joint_names: Sequence[str] = ()) -> None:
        """Start with nothing sent."""
        self.topic = topic
        self.joint_names = tuple(joint_names)
        self.sent: list[tuple[float, ...]] = []
        self.times_s: list[float] = []

    def send(self, positions: Sequence[float], time_from_start_s: float = 0.0) -> None:
        """Keep what is sent."""
        self.sent.append(tuple(positions))
        self.times_s.append(time_from_start_s)


class FakeTopics:
    """Implements `ArmTopics`."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self.inboxes: list[FakeInbox] = []
        self.outboxes: list[FakeOutbox] = []

    def joint_states(self) -> FakeInbox:
        """Subscribe once more to the joint states."""
        self.inboxes.append(FakeInbox())
        return self.inboxes[-1]

    def positions(self, topic: str) -> FakeOutbox:
        """Publish positions."""
        self.outboxes.append(FakeOutbox(topic))
        return self.outboxes[-1]

    def points(self, topic: str, joint_names: Sequence[str]) -> FakeOutbox:
        """Publish points."""
        self.outboxes.append(FakeOutbox(topic, joint_names))
        return self.outboxes[-1]

    def tell(self, names: Sequence[str], positions: Sequence[float], *, stamp_ns: int) -> None:
        """Publish joint states to all subscriptions."""
        message = joint_state(names, positions, stamp_ns=stamp_ns)
        for inbox in self.inboxes:
            inbox.messages.append(message)


def joint_state(names: Sequence[str], positions: Sequence[float], *, stamp_ns: int) -> Any:
    """Make what looks like a sensor_msgs/JointState."""
    sec, nanosec = divmod(stamp_ns, 1_000_000_000)
    return SimpleNamespace(
        header=SimpleNamespace(stamp=SimpleNamespace(sec=sec, nanosec=nanosec)),
        name=list(names),
        position=list(positions),
    )
