# SPDX-License-Identifier: Apache-2.0
"""How fast the time of a path runs: 1 as planned, 0 at rest, in between while it changes.

Slowing down the path's time keeps the arm on its path; slowing down each joint for itself would
leave it (PACS, arXiv 2511.06385, measures what that costs).
"""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.contract.limits import JointLimits

_STANDS_STILL = 1e-9


class TimeScale:
    """Scale s in [0, 1] of a path's time.

    The joints move with s q'. Each step s goes towards its target as far as all joints can
    follow: |s q' - v| <= a dt with the velocity v commanded before, and |s q'| <= v_max.
    """

    __slots__ = ('_fall', '_joints', '_rise', '_value', 'longest_stop_s')

    def __init__(self, limits: JointLimits, *, period_s: float, ramp_s: float) -> None:
        """Start at 0.

        Args:
            limits: velocity and acceleration of the joints.
            period_s: time between two steps.
            ramp_s: shortest time from 0 to 1.
        """
        self._joints = tuple(
            zip(limits.velocity.tolist(), (limits.acceleration * period_s).tolist(), strict=True)
        )
        # A stop takes v_max / a at most on a straight path. Where a path itself speeds up, the
        # scale falls nevertheless, and the limiter takes over what the joints cannot follow.
        self.longest_stop_s = 2.0 * float((limits.velocity / limits.acceleration).max())
        self._fall = period_s / self.longest_stop_s
        self._rise = period_s / ramp_s
        self._value = 0.0

    @property
    def value(self) -> float:
        """The scale now."""
        return self._value

    def reset(self) -> None:
        """Set the scale to 0, for an arm at rest."""
        self._value = 0.0

    def step(
        self, target: float, commanded: Sequence[float], path_velocities: Sequence[float]
    ) -> float:
        """Move one period towards a target.

        Args:
            target: wanted scale in [0, 1].
            commanded: velocities commanded in the period before [rad/s, m/s].
            path_velocities: q' where the path will be after this period [rad/s, m/s].

        Returns:
            The new scale.
        """
        lowest, highest = 0.0, 1.0
        for velocity, rate, (fastest, change) in zip(
            commanded, path_velocities, self._joints, strict=True
        ):
            if rate < 0.0:
                velocity, rate = -velocity, -rate
            if rate <= _STANDS_STILL:
                continue
            highest = min(highest, fastest / rate)
            lowest = max(lowest, (velocity - change) / rate)
            # A joint that still moves the other way turns round whatever the scale is.
            if velocity + change > 0.0:
                highest = min(highest, (velocity + change) / rate)
        before = self._value
        if target > before:
            wanted = min(target, before + self._rise, highest)
            self._value = max(wanted, min(lowest, before))
        else:
            falling = max(min(target, highest), min(lowest, before))
            forced = max(target, before - self._fall)
            self._value = min(falling, forced)
        return self._value
