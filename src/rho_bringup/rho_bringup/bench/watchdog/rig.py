# SPDX-License-Identifier: Apache-2.0
"""What a fault may do to the running cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rho_bringup.bench.watchdog.fault_cell import FaultCell
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.cell import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A trajectory as it is sent, right or wrong.

    Attributes:
        stamp_ns: Time of its beginning [ns].
        joint_names: Names, J of them.
        times_s: From the beginning, shape (N,) [s].
        positions: Shape (N, J) [rad, m].
    """

    stamp_ns: int
    joint_names: tuple[str, ...]
    times_s: NDArray[np.float64]
    positions: NDArray[np.float64]


class Rig(Protocol):
    """The running cell: signals to its processes, orders to relays, messages on its topics."""

    @property
    def cell(self) -> Cell:
        """The cell that runs."""

    @property
    def fault_cell(self) -> FaultCell:
        """How it is wired."""

    @property
    def deadlines_ms(self) -> Mapping[str, float]:
        """Deadlines of the watched streams by name [ms]."""

    def kill(self, name: str) -> None:
        """End a process with SIGKILL."""

    def pause(self, name: str) -> None:
        """Stop a process with SIGSTOP."""

    def resume(self, name: str) -> None:
        """Let a stopped process go on."""

    def revive(self, name: str) -> None:
        """Start a process again that was killed, and bring its node up."""

    def renew(self, name: str) -> None:
        """Deactivate a node and activate it again: it starts anew."""

    def order(self, relay: str, order: RelayOrder) -> None:
        """Tell a relay what to do."""

    def step_clock_to(self, offset_s: float) -> None:
        """Step the nodes' system clock so far ahead of the machine's, negative: behind it."""

    def last_points(self, arm: str) -> Points:
        """Return the newest trajectory sent to an arm."""

    def send(self, points: Mapping[str, Points]) -> int:
        """Send trajectories to arms, beside the policy's, and return when [ns]."""

    def now_ns(self) -> int:
        """Return the machine's system time [ns]."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""
