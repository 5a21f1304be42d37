# SPDX-License-Identifier: Apache-2.0
"""Parameters of the geometry guard."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_core.geometry.guard_rules import GuardRules
from rho_ros.parameters import param


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryGuardParameters:
    """The cell, and what the promise of the guard stands on."""

    geometry: str = field(metadata=param('geometry of the cell, YAML text', read_only=True))
    speed_limit_m_s: float = field(
        default=0.5,
        metadata=param('largest speed of any point of an arm on an admitted path [m/s]',
                       minimum=0.01, maximum=10.0))
    reduced: bool = field(
        default=False, metadata=param('whether all motion is slowed to the reduced speed'))
    reduced_speed_m_s: float = field(
        default=0.25,
        metadata=param('largest speed of any point of an arm in reduced mode [m/s]', minimum=0.01,
                       maximum=10.0))
    rate_hz: float = field(
        default=100.0, metadata=param('rate of judgements [Hz]', minimum=50.0, maximum=1000.0))
    reaction_ms: float = field(
        default=30.0,
        metadata=param('from one judgement to the first effect of the next one [ms]', minimum=1.0,
                       maximum=1000.0))
    stop_ms: float = field(
        default=300.0,
        metadata=param('longest stop right after an admitted path began [ms]', minimum=1.0,
                       maximum=5000.0))
    state_timeout_ms: float = field(
        default=60.0,
        metadata=param("age from which an arm's state counts no more [ms]", minimum=10.0,
                       maximum=1000.0))
    realtime_priority: int = field(
        default=65,
        metadata=param('SCHED_FIFO priority of the loop, 0: none', minimum=0, maximum=98))

    def rules(self) -> GuardRules:
        """Make the rules.

        In reduced mode the time of every path runs slower, by the share that brings the fastest
        path that is admitted down to the reduced speed.
        """
        share = self.reduced_speed_m_s / self.speed_limit_m_s if self.reduced else 1.0
        return GuardRules(
            speed_limit_m_s=self.speed_limit_m_s,
            reaction_s=self.reaction_ms / 1e3,
            stop_s=self.stop_ms / 1e3,
            scale_limit=min(share, 1.0),
        )
