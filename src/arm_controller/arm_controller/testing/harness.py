# SPDX-License-Identifier: Apache-2.0
"""One back end with its other side, as the conformance suite sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from arm_controller.backends.protocol import ArmBackend
from rho_core.motion.measurement import Measurement

_LONGEST_S = 30.0
_PERIOD_S = 0.002


def _nothing() -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Harness:
    """A back end, and what a test can do to its arm.

    Attributes:
        backend: the back end.
        joints: number of its joints.
        cut: ends the connection.
        freeze: lets the arm tell the same again and again.
        reverse: lets the arm's clock go back.
        act: lets the other side act once, where it does not by itself.
        steady_ns: steady time.
        close: ends the other side.
    """

    backend: ArmBackend
    joints: int
    cut: Callable[[], object]
    freeze: Callable[[], object]
    reverse: Callable[[], object]
    act: Callable[[], object] = _nothing
    steady_ns: Callable[[], int] = time.monotonic_ns
    close: Callable[[], object] = _nothing
    tick: Callable[[], object] = field(default=lambda: time.sleep(_PERIOD_S))

    def cycle(self, command: Sequence[float] | None = None) -> Measurement | None:
        """Do what a control loop does in a period."""
        self.act()
        measured = self.backend.read(self.steady_ns())
        if command is not None:
            self.backend.write(command)
        self.tick()
        return measured

    def until(
        self, predicate: Callable[[Measurement | None], bool],
        command: Sequence[float] | None = None,
    ) -> Measurement | None:
        """Run the loop until a measurement is as wanted.

        Raises:
            TimeoutError: none was.
        """
        end_s = time.monotonic() + _LONGEST_S
        while time.monotonic() < end_s:
            measured = self.cycle(command)
            if predicate(measured):
                return measured
        raise TimeoutError(f'not as wanted within {_LONGEST_S} s; the last measurement was '
                           f'{measured}, the problem {self.backend.problem()!r}')

    def first(self) -> Measurement:
        """Return the first measurement after the start."""
        measured = self.until(lambda one: one is not None)
        if measured is None:
            raise TypeError('the predicate has excluded this')
        return measured
