# SPDX-License-Identifier: Apache-2.0
"""What a fault is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_core.contract.limits import JointLimits


class Fault(Protocol):
    """One way to break the running cell."""

    @property
    def name(self) -> str:
        """Its key in the result."""

    @property
    def about(self) -> str:
        """What is done, for a person."""

    @property
    def expected(self) -> str:
        """What must follow, for a person."""

    @property
    def needs_clock(self) -> bool:
        """Whether the clock of the nodes must be one that can be stepped."""

    @property
    def stops_arms(self) -> bool:
        """Whether the arms must stop; otherwise the motion goes on."""

    def inject(self, rig: Rig) -> int:
        """Break it and return when that was [ns of the system clock]."""

    def undo(self, rig: Rig) -> None:
        """Mend it. Nothing may move yet."""

    def restore(self, rig: Rig) -> None:
        """Do what else is needed before a reset brings the arms back into motion."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult | None:
        """Judge what happened; None when it cannot be judged and must be repeated."""
