# SPDX-License-Identifier: Apache-2.0
"""The quickest way of one joint to rest within its acceleration and jerk.

From velocity v and acceleration a, with s the sign of v + a |a| / (2 J), the velocity left when a
is brought straight to zero: jerk -s J until the acceleration is -s d, that acceleration for a
while, jerk s J until rest. d is the smaller of A and sqrt(s J v + a^2 / 2). These are the phases
of any time-optimal profile with bounded jerk (e.g. Kröger, On-Line Trajectory Generation in
Robotic Systems, 2010, chapter 4), here for the target velocity zero.
"""

from __future__ import annotations

import math


def brake_phases(
    velocity: float, acceleration: float, strongest: float, jerk: float
) -> tuple[float, float, float, float, float]:
    """Return the phases of the way to rest.

    Args:
        velocity: of the joint now.
        acceleration: of the joint now, at most `strongest` in size.
        strongest: largest acceleration A.
        jerk: largest jerk J.

    Returns:
        The sign s, the largest deceleration d, and the durations of the three phases [s].
    """
    left = velocity + acceleration * abs(acceleration) / (2.0 * jerk)
    sign = 1.0 if left > 0.0 or (left == 0.0 and acceleration < 0.0) else -1.0
    v, a = sign * velocity, sign * acceleration
    peak = math.sqrt(max(jerk * v + 0.5 * a * a, 0.0))
    hold_s = 0.0
    if peak > strongest:
        peak = strongest
        hold_s = max((v + 0.5 * a * a / jerk) / peak - peak / jerk, 0.0)
    return sign, peak, max((a + peak) / jerk, 0.0), hold_s, peak / jerk


def brake_reach(
    velocity: float, acceleration: float, strongest: float, jerk: float
) -> tuple[float, float]:
    """Return how far the way to rest leads to either side of where it starts.

    Returns:
        The smallest (<= 0) and the largest (>= 0) displacement on the way [rad, m].
    """
    sign, peak, rise_s, hold_s, fall_s = brake_phases(velocity, acceleration, strongest, jerk)
    v, a = sign * velocity, sign * acceleration
    end = rise_s * (v + rise_s * (0.5 * a - jerk * rise_s / 6.0))
    turned = v + rise_s * (a - 0.5 * jerk * rise_s)
    end += hold_s * (turned - 0.5 * peak * hold_s) + peak * fall_s * fall_s / 6.0
    back = 0.0
    if v < 0.0:
        # It first goes on the other way until the acceleration has turned it round.
        turn_s = (a - math.sqrt(max(a * a + 2.0 * jerk * v, 0.0))) / jerk
        back = turn_s * (v + turn_s * (0.5 * a - jerk * turn_s / 6.0))
    low, high = min(back, end, 0.0), max(back, end, 0.0)
    return (low, high) if sign > 0.0 else (-high, -low)


def brake_step(
    velocity: float, acceleration: float, strongest: float, jerk: float, period_s: float
) -> tuple[float, float, float]:
    """Go one period along the way to rest.

    Returns:
        Displacement [rad, m], velocity and acceleration after the period; both zero at rest.
    """
    sign, _, rise_s, hold_s, fall_s = brake_phases(velocity, acceleration, strongest, jerk)
    if rise_s + hold_s + fall_s <= period_s:
        left_s = (rise_s, hold_s, fall_s)
        is_at_rest = True
    else:
        rise_s = min(rise_s, period_s)
        hold_s = min(hold_s, period_s - rise_s)
        left_s = (rise_s, hold_s, period_s - rise_s - hold_s)
        is_at_rest = False
    moved, v, a = 0.0, sign * velocity, sign * acceleration
    for duration_s, change in zip(left_s, (-jerk, 0.0, jerk), strict=True):
        if duration_s > 0.0:
            moved += duration_s * (v + duration_s * (0.5 * a + change * duration_s / 6.0))
            v += duration_s * (a + 0.5 * change * duration_s)
            a += change * duration_s
    if is_at_rest:
        return sign * moved, 0.0, 0.0
    return sign * moved, sign * v, sign * a
