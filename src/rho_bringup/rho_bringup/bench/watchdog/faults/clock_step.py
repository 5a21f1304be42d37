# SPDX-License-Identifier: Apache-2.0
"""The system clock steps under all nodes, and with it their ROS clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_stop
from rho_core.contract.limits import JointLimits

# The arms stop by themselves, by the watchdog, or both, for whatever age comes out wrong first.
_CAUSE = r'clock|jump|late|old|future|stamp'


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep:
    """The system clock of all nodes jumps by some seconds and goes on from there.

    Attributes:
        name: Key in the result.
        step_s: By how much.
    """

    name: str
    step_s: float
    needs_clock: bool = field(default=True, init=False)
    stops_arms: bool = field(default=True, init=False)

    @property
    def about(self) -> str:
        """What is done."""
        return f'the system clock of all nodes steps by {self.step_s:+g} s'

    @property
    def expected(self) -> str:
        """What must follow."""
        return 'both arms stop, the step itself is the deadline'

    def inject(self, rig: Rig) -> int:
        """Step."""
        injected_ns = rig.now_ns()
        rig.step_clock_to(self.step_s)
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Step back."""
        rig.step_clock_to(0.0)

    def restore(self, rig: Rig) -> None:
        """Do nothing more."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult:
        """Judge what happened."""
        return judge_stop(recording, arms=rig.cell.arms, cause=_CAUSE, limits=limits,
                          expiry_ns=recording.injected_ns)
