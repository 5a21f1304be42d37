# SPDX-License-Identifier: Apache-2.0
"""One arm behind two back ends, such as an arm and a gripper of another make."""

from __future__ import annotations

from collections.abc import Sequence

from arm_controller.backends.protocol import ArmBackend
from rho_core.motion.measurement import Measurement


class SplitBackend:
    """The first joints go to one back end, the others to a second one.

    A measurement is as old as the older of the two, and the arm is lost with either.
    """

    def __init__(self, first: ArmBackend, second: ArmBackend, *, joints_of_first: int) -> None:
        """Join them.

        Args:
            first: takes the first joints.
            second: takes the others.
            joints_of_first: number of joints of the first one.
        """
        self._first = first
        self._second = second
        self._joints = joints_of_first
        self._parts: tuple[Measurement | None, Measurement | None] = (None, None)
        self._measured: Measurement | None = None

    def start(self) -> None:
        """Connect both, or none."""
        self._parts = (None, None)
        self._measured = None
        self._second.start()
        try:
            self._first.start()
        except BaseException:
            self._second.stop()
            raise

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement of all joints."""
        first = self._first.read(steady_ns)
        second = self._second.read(steady_ns)
        if first is None or second is None:
            return None
        if self._measured is None or (first, second) != self._parts:
            self._parts = (first, second)
            self._measured = Measurement(
                stamp_ns=min(first.stamp_ns, second.stamp_ns),
                received_ns=min(first.received_ns, second.received_ns),
                positions=first.positions + second.positions,
            )
        return self._measured

    def write(self, command: Sequence[float]) -> None:
        """Send each its part."""
        self._first.write(command[:self._joints])
        self._second.write(command[self._joints:])

    def problem(self) -> str:
        """Return what is wrong with either."""
        return '; '.join(filter(None, (self._first.problem(), self._second.problem())))

    def stop(self) -> None:
        """Disconnect both."""
        try:
            self._first.stop()
        finally:
            self._second.stop()
