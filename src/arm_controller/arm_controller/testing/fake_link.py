# SPDX-License-Identifier: Apache-2.0
"""A vendor's arm that does what a test wants, including not to answer."""

from __future__ import annotations

from threading import Event

from arm_controller.backends.errors import BackendError
from arm_controller.backends.link import LinkSample

_LONGEST_HANG_S = 20.0


class FakeLink:
    """Implements `ArmLink`: its joints are at once where they are sent."""

    def __init__(self, joints: int) -> None:
        """Stand at 0.5 with all joints."""
        self.positions: tuple[float, ...] = (0.5,) * joints
        self.commands: list[tuple[float, ...]] = []
        self.calls: list[str] = []
        self.device_s = 100.0
        self.step_s = 0.001
        self.error: Exception | None = None
        self.open_error: Exception | None = None
        self.may_answer = Event()
        self.may_answer.set()
        self.may_open = Event()
        self.may_open.set()

    def open(self) -> None:
        """Connect, when it may."""
        self.calls.append('open')
        self.may_open.wait(_LONGEST_HANG_S)
        if self.open_error is not None:
            raise self.open_error

    def exchange(self, command: tuple[float, ...] | None) -> LinkSample:
        """Answer, when it may."""
        self.may_answer.wait(_LONGEST_HANG_S)
        if self.error is not None:
            raise self.error
        if command is not None:
            self.commands.append(command)
            self.positions = command
        self.device_s += self.step_s
        return LinkSample(device_s=self.device_s, positions=self.positions)

    def close(self) -> None:
        """Remember the call."""
        self.calls.append('close')

    def cut(self) -> None:
        """End the connection."""
        self.error = BackendError('connection lost')
