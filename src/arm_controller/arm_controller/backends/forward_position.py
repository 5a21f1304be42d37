# SPDX-License-Identifier: Apache-2.0
"""An arm behind a ros2_control forward position controller, real or simulated."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any
from typing import Protocol

from rho_core.errors import Refused
from rho_core.motion.measurement import Measurement


class Publisher(Protocol):
    """The part of a publisher that is used."""

    def publish(self, msg: Any) -> None:
        """Publish."""
        ...


class NewestTaker(Protocol):
    """The part of a polled subscription that is used."""

    def take_newest(self) -> Any | None:
        """Return the newest waiting message."""
        ...


class ForwardPositionBackend:
    """Publishes commands as one array and picks the arm's joints out of the joint states."""

    def __init__(
        self,
        *,
        joint_names: Sequence[str],
        commands: Publisher,
        command_message: Any,
        joint_states: NewestTaker,
    ) -> None:
        """Connect.

        Args:
            joint_names: the arm's joints in the order of its commands.
            commands: publisher of std_msgs/Float64MultiArray.
            command_message: an empty message of that type, used again for each command.
            joint_states: polled subscription of sensor_msgs/JointState.
        """
        self._joint_names = tuple(joint_names)
        self._commands = commands
        self._message = command_message
        self._joint_states = joint_states
        self._seen_names: list[str] = []
        self._indices: tuple[int, ...] = ()
        self._measured: Measurement | None = None
        self._problem = ''

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement of the arm's joints."""
        message = self._joint_states.take_newest()
        if message is None:
            return self._measured
        try:
            positions = self._pick(message)
        except Refused as error:
            self._problem = str(error)
            return self._measured
        self._problem = ''
        stamp = message.header.stamp
        self._measured = Measurement(
            stamp_ns=stamp.sec * 1_000_000_000 + stamp.nanosec,
            received_ns=steady_ns,
            positions=positions,
        )
        return self._measured

    def write(self, command: Sequence[float]) -> None:
        """Publish a command."""
        # The setter copies an array and checks anything else value by value.
        self._message.data = array('d', command)
        self._commands.publish(self._message)

    def problem(self) -> str:
        """Return why the last joint states were of no use."""
        return self._problem

    def _pick(self, message: Any) -> tuple[float, ...]:
        if message.name != self._seen_names:
            missing = [name for name in self._joint_names if name not in message.name]
            if missing:
                raise Refused(f'joint states: expected {", ".join(self._joint_names)}; missing '
                              f'{", ".join(missing)}')
            self._indices = tuple(message.name.index(name) for name in self._joint_names)
            self._seen_names = list(message.name)
        positions = message.position
        if len(positions) != len(self._seen_names):
            raise Refused(f'joint states: {len(self._seen_names)} names but {len(positions)} '
                          'positions')
        return tuple([positions[i] for i in self._indices])
