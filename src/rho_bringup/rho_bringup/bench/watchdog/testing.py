# SPDX-License-Identifier: Apache-2.0
"""Made-up recordings for tests: arms that move, brake and stand."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rho_bringup.bench.watchdog.motion_series import MotionSeries
from rho_bringup.bench.watchdog.recording import ArmNote
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.recording import SafetyNote
from rho_core.contract.limits import JointLimits

PERIOD_NS = 2_000_000
PERIOD_S = 0.002
MS = 1_000_000
START_NS = 1_000_000_000_000
LIMITS = JointLimits(
    names=('turn', 'gripper_joint'), lower=np.array([-3.0, 0.0]), upper=np.array([3.0, 0.04]),
    velocity=np.array([2.0, 0.1]), acceleration=np.array([5.0, 1.0]),
    jerk=np.array([500.0, 50.0]))


def series(
    positions: NDArray[np.float64], *, start_ns: int = START_NS, first: int = 1
) -> MotionSeries:
    """Commands of the first joint, one per period, the second one stands at 0.01."""
    count = len(positions)
    return MotionSeries(
        times_ns=start_ns + PERIOD_NS * np.arange(count, dtype=np.int64),
        numbers=first + np.arange(count, dtype=np.int64),
        positions=np.stack([positions, np.full(count, 0.01)], axis=1),
        period_s=PERIOD_S,
    )


def brake(
    *, before: int = 100, after: int = 100, speed: float = 1.0, acceleration: float = 4.0,
    jerk: float = 400.0,
) -> NDArray[np.float64]:
    """Positions at constant speed, then a brake within the bounds, then rest.

    Command `before` is the first one of the brake.
    """
    rise = round(acceleration / jerk / PERIOD_S)
    hold = round(speed / acceleration / PERIOD_S) - rise
    change = np.concatenate([np.full(rise, -1.0), np.zeros(hold), np.full(rise, 1.0)])
    accelerations = np.cumsum(change) * jerk * PERIOD_S
    accelerations *= speed / -(accelerations.sum() * PERIOD_S)
    velocities = np.concatenate([
        np.full(before, speed), np.maximum(speed + np.cumsum(accelerations) * PERIOD_S, 0.0),
        np.zeros(after)])
    velocities[before + len(change) - 1:] = 0.0
    return np.cumsum(velocities) * PERIOD_S - 1.0


def brake_length(
    *, speed: float = 1.0, acceleration: float = 4.0, jerk: float = 400.0
) -> int:
    """Number of commands of that brake."""
    rise = round(acceleration / jerk / PERIOD_S)
    return round(speed / acceleration / PERIOD_S) + rise


def time_of(index: int) -> int:
    """When a command of `series` was sent."""
    return START_NS + index * PERIOD_NS


def recording(
    arms: dict[str, MotionSeries], *, injected_ns: int,
    stops_ns: Mapping[str, int | None] | None = None,
    notes: Mapping[str, tuple[ArmNote, ...]] | None = None,
    safety: tuple[SafetyNote, ...] = (),
) -> Recording:
    """A recording whose arms say that they move, and stop when told, unless notes are given."""
    made: dict[str, tuple[ArmNote, ...]] = {}
    for arm in arms:
        at_ns = (stops_ns or {}).get(arm)
        moving = ArmNote(sent_ns=START_NS, is_stopping=False)
        made[arm] = (moving,) if at_ns is None else (
            moving,
            ArmNote(sent_ns=at_ns, is_stopping=True, is_latched=True, reason='permit: STOP'))
    return Recording(injected_ns=injected_ns, commands=arms, safety=safety,
                     arms=made if notes is None else notes)
