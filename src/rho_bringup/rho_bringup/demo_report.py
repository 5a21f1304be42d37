# SPDX-License-Identifier: Apache-2.0
"""What `rho demo` returns to scripts."""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from rho_bringup.episodes.episode import EpisodeEnd
from rho_bringup.episodes.reports import inference_tree


@dataclass(slots=True, kw_only=True)
class DemoReport:
    """Collects the result of a demo; what was not reached keeps its default.

    Attributes:
        instruction: What the policy was told.
        seed: Scene.
        end: How the episode ended, None: it did not come to an end.
        failure: Why the stack failed, None: it did not.
        failure_kind: Kind of that failure: `node died`, `stack`.
        real_time_factor: Simulated seconds per second.
        safety_stops: Stops since the arms were released.
        stop_reason: Causes of the stop, None: none.
        arms_at_rest: Whether both arms were seen at rest in the end.
        rates_hz: Measured rate per topic.
        inference_ms: Measured times per graph.
        duration_s: Whole time from start to the end of the episode.
    """

    instruction: str
    seed: int
    end: EpisodeEnd | None = None
    failure: str | None = None
    failure_kind: str | None = None
    real_time_factor: float = math.nan
    safety_stops: int = 0
    stop_reason: str | None = None
    arms_at_rest: bool = False
    rates_hz: Mapping[str, float] = field(default_factory=dict)
    inference_ms: Mapping[str, Sequence[float]] = field(default_factory=dict)
    duration_s: float = math.nan

    @property
    def success(self) -> bool:
        """Whether the instruction was carried out and the stack stayed whole."""
        return (self.end is not None and self.end.success and self.failure is None
                and self.safety_stops == 0 and self.arms_at_rest)

    def tree(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            'success': self.success,
            'instruction': self.instruction,
            'seed': self.seed,
            'verdict': None if self.end is None else self.end.verdict.value,
            'detail': None if self.end is None else self.end.detail,
            'failure': self.failure,
            'failure_kind': self.failure_kind,
            'real_time_factor': round(self.real_time_factor, 4),
            'safety_stops': self.safety_stops,
            'stop_reason': self.stop_reason,
            'arms_at_rest': self.arms_at_rest,
            'rates_hz': dict(self.rates_hz),
            'inference_ms': inference_tree(self.inference_ms),
            'time_to_success_s': None if self.end is None else self.end.time_to_success_s,
            'duration_s': round(self.duration_s, 2),
        }
