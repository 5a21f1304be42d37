# SPDX-License-Identifier: Apache-2.0
"""How long a stop takes: arms that stop together take the same time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rho_core.safety.permit import Permit


class StopTimes:
    """Keeps the last time that each controller told, and the longest one of coupled arms.

    While an arm is told to stop its time stays as it was when that began: the arms are on their
    way, and a time that changed under them would part them.
    """

    def __init__(self, arms: Sequence[str], *, is_coupled: bool, max_s: float) -> None:
        """Start with no time known, which counts as none needed.

        Args:
            arms: names of the arms.
            is_coupled: whether they stop together.
            max_s: longest time that is believed; what is longer counts as this.
        """
        self._own_s = dict.fromkeys(arms, 0.0)
        self._is_coupled = is_coupled
        self._max_s = max_s
        self._values_s = (0.0,) * len(self._own_s)

    @property
    def values_s(self) -> tuple[float, ...]:
        """Time of each arm's stop [s]."""
        return self._values_s

    def observe(self, arm: str, stop_time_s: float) -> None:
        """Take note of what a controller told; what is no time changes nothing."""
        if math.isfinite(stop_time_s) and stop_time_s >= 0.0:
            self._own_s[arm] = min(stop_time_s, self._max_s)

    def update(self, permits: Sequence[Permit]) -> None:
        """Follow what the controllers told for the arms that may move.

        Args:
            permits: of each arm, as decided last.
        """
        own_s = tuple(self._own_s.values())
        wanted_s = (max(own_s),) * len(own_s) if self._is_coupled else own_s
        if wanted_s != self._values_s:
            self._values_s = tuple(
                wanted if permit >= Permit.SLOW else value
                for wanted, permit, value in zip(wanted_s, permits, self._values_s, strict=True)
            )
