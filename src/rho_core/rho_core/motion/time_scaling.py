# SPDX-License-Identifier: Apache-2.0
"""How fast the time of a path runs: 1 as planned, 0 at rest, in between while it changes.

Slowing down the path's time keeps the arm on its path; slowing down each joint for itself would
leave it (PACS, arXiv 2511.06385, measures what that costs).
"""

from __future__ import annotations

import math

# A change of the scale from 1 to 0 in the time T takes three equal phases: s'' = -h / T^2,
# s' = -g / T, s'' = h / T^2.
PEAK_RATE = 1.5
"""g: largest |s'| in units of 1 / T."""
PEAK_CHANGE = 4.5
"""h: largest |s''| in units of 1 / T^2."""

_LEAST_ROOM = 1e-9


class TimeScale:
    """Scale s in [0, 1] of a path's time, with bounded first and second derivative.

    Two arms whose scales are equal and which change them to the same target in the same time go
    through the same values, whatever their paths are.
    """

    __slots__ = ('_period_s', '_rate', '_value')

    def __init__(self, *, period_s: float) -> None:
        """Start at 0.

        Args:
            period_s: time between two steps.
        """
        self._period_s = period_s
        self._value = 0.0
        self._rate = 0.0

    @property
    def value(self) -> float:
        """The scale now."""
        return self._value

    @property
    def rate(self) -> float:
        """Its derivative [1/s]."""
        return self._rate

    @property
    def is_at_rest(self) -> bool:
        """Whether the path's time stands still."""
        return self._value == 0.0 and self._rate == 0.0

    def reset(self, value: float) -> None:
        """Set the scale at once, for an arm at rest."""
        self._value = value
        self._rate = 0.0

    def step(self, target: float, *, fall_s: float, rise_s: float) -> float:
        """Move one period towards a target.

        Args:
            target: wanted scale in [0, 1].
            fall_s: time from 1 to 0.
            rise_s: time from 0 to 1.

        Returns:
            The new scale.
        """
        period_s = self._period_s
        value, rate = self._value, self._rate
        full_s = rise_s if target > value and rate >= 0.0 else fall_s
        change = PEAK_CHANGE / (full_s * full_s)
        gap = target - value
        if rate:
            # What has been begun in a shorter time is ended before 0 or 1 nevertheless.
            room = 1.0 - value if rate > 0.0 else value
            change = max(change, 0.5 * rate * rate / max(room, _LEAST_ROOM))
        step = change * period_s
        if abs(gap) <= 0.5 * step * period_s and abs(rate) <= step:
            self._value, self._rate = target, 0.0
            return target
        # The rate after this period from which the gap can just be closed with that change:
        # gap - (rate + next) dt / 2 = next^2 / (2 change), signs aside.
        sign = 1.0 if gap - 0.5 * rate * period_s >= 0.0 else -1.0
        left = sign * (gap - 0.5 * rate * period_s)
        wanted = sign * (math.sqrt(0.25 * step * step + 2.0 * change * left) - 0.5 * step)
        fastest = PEAK_RATE / full_s
        # A rate that comes from a shorter time falls to the fastest by steps.
        wanted = min(max(min(max(wanted, -fastest), fastest), rate - step), rate + step)
        moved = value + 0.5 * period_s * (rate + wanted)
        self._value = min(max(moved, 0.0), 1.0)
        self._rate = wanted if self._value == moved else 0.0
        return self._value
