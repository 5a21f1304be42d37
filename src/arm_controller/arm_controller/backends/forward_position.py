# SPDX-License-Identifier: Apache-2.0
"""An arm behind a ros2_control forward position controller, real or simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arm_controller.backends.context import BackendContext
from arm_controller.backends.context import PositionSender
from arm_controller.backends.joint_state_reader import JointStateReader
from rho_core.motion.measurement import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardPositionOptions:
    """Where the controller listens.

    Attributes:
        controller: name of the ros2_control controller, empty:
            `<arm>_forward_position_controller`.
    """

    kind: Literal['forward_position'] = 'forward_position'
    controller: str = ''


class ForwardPositionBackend:
    """Publishes commands as one array and picks the arm's joints out of the joint states."""

    def __init__(self, commands: PositionSender, states: JointStateReader) -> None:
        """Connect.

        Args:
            commands: where commands go.
            states: where measurements come from.
        """
        self._commands = commands
        self._states = states

    @classmethod
    def make(
        cls, options: ForwardPositionOptions, context: BackendContext
    ) -> ForwardPositionBackend:
        """Make it from what the registry has."""
        controller = options.controller or f'{context.arm}_forward_position_controller'
        return cls(
            context.topics.positions(f'{controller}/commands'),
            JointStateReader(context.joint_names, context.topics.joint_states()),
        )

    def start(self) -> None:
        """Forget what was measured before."""
        self._states.reset()

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement of the arm's joints."""
        return self._states.read(steady_ns)

    def write(self, command: Sequence[float]) -> None:
        """Publish a command."""
        self._commands.send(command)

    def problem(self) -> str:
        """Return why the last joint states were of no use."""
        return self._states.problem

    def stop(self) -> None:
        """Do nothing: a forward controller holds what it was last told."""
