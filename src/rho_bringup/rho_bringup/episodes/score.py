# SPDX-License-Identifier: Apache-2.0
"""What the simulator says about the running episode."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One reading of `sim/score`; times in seconds since the reset, NaN: has not happened."""

    scored: bool
    instruction: str
    success: bool
    failed: bool
    detail: str
    sim_time_s: float
    wall_time_s: float
    success_time_s: float

    @property
    def real_time_factor(self) -> float:
        """Simulated seconds per second, NaN before any time has passed."""
        return self.sim_time_s / self.wall_time_s if self.wall_time_s > 0 else float('nan')
