# SPDX-License-Identifier: Apache-2.0
"""The ROS clock of all nodes steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.deadlines import time_of_step
from rho_bringup.bench.watchdog.fault_cell import CLOCK_RELAY
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_stop
from rho_core.contract.limits import JointLimits

# The arms stop by themselves, by the watchdog, or both, for whatever age comes out wrong first.
_CAUSE = r'clock|jump|late|old|future|stamp'


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep:
    """The clock on /clock jumps by some seconds and goes on from there.

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
        return f'/clock steps by {self.step_s:+g} s'

    @property
    def expected(self) -> str:
        """What must follow."""
        return 'both arms stop, the step itself is the deadline'

    def inject(self, rig: Rig) -> None:
        """Step."""
        rig.order(CLOCK_RELAY, RelayOrder(shift_s=self.step_s))

    def undo(self, rig: Rig) -> None:
        """Step back."""
        rig.order(CLOCK_RELAY, RelayOrder())

    def restore(self, rig: Rig) -> None:
        """Do nothing more."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult:
        """Judge what happened."""
        return judge_stop(recording, arms=rig.cell.arms, cause=_CAUSE, limits=limits,
                          expiry_ns=time_of_step(recording, self.step_s))
