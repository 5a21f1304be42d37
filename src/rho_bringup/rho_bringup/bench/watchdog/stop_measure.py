# SPDX-License-Identifier: Apache-2.0
"""How one arm stopped, from its commands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rho_bringup.bench.watchdog.motion_series import MotionSeries
from rho_core.contract.limits import JointLimits

_NS_PER_MS = 1e6

REST_COMMANDS = 25
"""So many equal commands in a row are a standstill: 50 ms at 500 Hz."""

MOVED = 1e-9
"""A command further from the last one than this moves the arm [rad, m]."""

_SLOWER = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMeasure:
    """A stop in figures; None where it did not come that far.

    Attributes:
        reaction_ms: From the expiry of the deadline to the first decelerating command: the first
            one that falls behind the motion so far.
        slower_ms: From the expiry of the deadline to the first command slower than the one
            before it; an arm that gathers speed needs time for that, within its jerk limit.
        standstill_ms: From the expiry of the deadline to the last command that moved the arm.
        max_acceleration: Largest one of any revolute joint during the stop [rad/s^2].
        max_jerk: Largest one of any revolute joint during the stop [rad/s^3].
        acceleration_share: Largest part of a joint's acceleration limit that the stop used [1].
        jerk_share: Largest part of a joint's jerk limit that the stop used [1].
        moved_after_rest: Commands that moved the arm after its standstill.
    """

    reaction_ms: float | None = None
    slower_ms: float | None = None
    standstill_ms: float | None = None
    max_acceleration: float | None = None
    max_jerk: float | None = None
    acceleration_share: float | None = None
    jerk_share: float | None = None
    moved_after_rest: int = 0


def measure_stop(
    commands: MotionSeries, *, expiry_ns: int, mode_ns: int | None, limits: JointLimits
) -> StopMeasure:
    """Measure how an arm stopped.

    The first decelerating command is the first one, from the control cycle on in which the
    controller turned to stopping, whose speed is below v[k-1] + (v[k-1] - v[k-2]): what the motion
    so far would have led to. That cycle's command is sent just before the state that tells of it.
    Taking the commands alone would flatter: an arm may slow down on its path anyhow.

    Args:
        commands: From before the fault to the moment at which the arm was released again.
        expiry_ns: When the deadline expired.
        mode_ns: When the controller sent the first state of its stop, None: it never did.
        limits: Of the arm's joints.
    """
    if mode_ns is None or len(commands) < 2:
        return StopMeasure()
    speeds = commands.speeds()
    first = max(2, int(np.searchsorted(commands.times_ns, mode_ns, side='right')) - 1)
    still = _rest_begins(speeds * commands.period_s, first)
    changes = np.diff(speeds, prepend=speeds[:1])
    begin = _first(changes < np.roll(changes, 1) - _SLOWER, first)
    slower = _first(changes < -_SLOWER, first)
    if begin is None or slower is None:
        return StopMeasure()
    end = len(commands) if still is None else still

    def since_expiry(index: int) -> float:
        return float(commands.times_ns[index] - expiry_ns) / _NS_PER_MS

    _, accelerations, jerks = commands.derivatives()
    revolute = [not name.endswith('gripper_joint') for name in limits.names]
    part = slice(begin, end + 4)
    return StopMeasure(
        reaction_ms=since_expiry(begin),
        slower_ms=since_expiry(slower),
        standstill_ms=None if still is None else since_expiry(still),
        max_acceleration=_largest(accelerations[part][:, revolute]),
        max_jerk=_largest(jerks[part][:, revolute]),
        acceleration_share=_largest(accelerations[part] / limits.acceleration),
        jerk_share=_largest(jerks[part] / limits.jerk),
        moved_after_rest=0 if still is None else count_moves(commands, still),
    )


def count_moves(commands: MotionSeries, index: int) -> int:
    """Return how many commands after the given one move the arm."""
    steps = commands.speeds()[index + 1:] * commands.period_s
    return int(np.count_nonzero(~(steps <= MOVED)))


def _first(holds: np.ndarray, begin: int) -> int | None:
    found = np.flatnonzero(holds[begin:])
    return begin + int(found[0]) if found.size else None


def _rest_begins(steps: np.ndarray, first: int) -> int | None:
    """Return the last command that moved before the first standstill, None without one."""
    resting = 0
    for index in range(first, len(steps)):
        resting = resting + 1 if steps[index] <= MOVED else 0
        if resting == REST_COMMANDS:
            return index - REST_COMMANDS
    return None


def _largest(values: np.ndarray) -> float | None:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else None
