# SPDX-License-Identifier: Apache-2.0
"""Picks one arm's joints out of the joint states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arm_controller.backends.context import MessageTaker
from arm_controller.backends.order_guard import OrderGuard
from rho_core.errors import Refused
from rho_core.motion.measurement import Measurement


class JointStateReader:
    """Reads the newest positions of some joints, by name.

    A message that is of no use is told by `problem` and leaves the last measurement, which is
    then too old before long.
    """

    def __init__(self, joint_names: Sequence[str], joint_states: MessageTaker) -> None:
        """Connect.

        Args:
            joint_names: the wanted joints in the wanted order.
            joint_states: polled subscription of sensor_msgs/JointState.
        """
        self._joint_names = tuple(joint_names)
        self._joint_states = joint_states
        self.reset()

    @property
    def problem(self) -> str:
        """Why the last joint states were of no use, empty when they were."""
        return self._problem

    def reset(self) -> None:
        """Forget all that was read, and what waits."""
        self._joint_states.take_all()
        self._order = OrderGuard()
        self._seen_names: list[str] = []
        self._indices: tuple[int, ...] = ()
        self._measured: Measurement | None = None
        self._problem = ''

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement.

        Args:
            steady_ns: steady time, the time of reception of what arrived since the last call.
        """
        for message in reversed(self._joint_states.take_all()):
            if message.name != self._seen_names and self._names_strangers(message.name):
                continue
            try:
                self._measured = self._convert(message, steady_ns)
            except Refused as error:
                self._problem = f'joint states: {error}'
            else:
                self._problem = ''
            break
        return self._measured

    def _names_strangers(self, names: Sequence[str]) -> bool:
        """Whether a message is about other joints only, as of another arm on the same topic."""
        if any(name in names for name in self._joint_names):
            return False
        if self._measured is None:
            self._problem = (f'joint states: expected {", ".join(self._joint_names)}; so far only '
                             f'{", ".join(names) or "empty messages"}')
        return True

    def _convert(self, message: Any, steady_ns: int) -> Measurement:
        positions = self._pick(message)
        stamp = message.header.stamp
        stamp_ns = stamp.sec * 1_000_000_000 + stamp.nanosec
        disorder = self._order.problem(stamp_ns, steady_ns)
        if disorder:
            raise Refused(disorder)
        return Measurement(stamp_ns=stamp_ns, received_ns=steady_ns, positions=positions)

    def _pick(self, message: Any) -> tuple[float, ...]:
        if message.name != self._seen_names:
            missing = [name for name in self._joint_names if name not in message.name]
            if missing:
                raise Refused(f'expected {", ".join(self._joint_names)}; missing '
                              f'{", ".join(missing)}')
            self._indices = tuple(message.name.index(name) for name in self._joint_names)
            self._seen_names = list(message.name)
        positions = message.position
        if len(positions) != len(self._seen_names):
            raise Refused(f'{len(self._seen_names)} names but {len(positions)} positions')
        return tuple([positions[i] for i in self._indices])
