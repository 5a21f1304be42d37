# SPDX-License-Identifier: Apache-2.0
"""Somebody sends trajectories that no arm may follow, while the policy goes on."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

import numpy as np

from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.rig import Points
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_refusal
from rho_core.contract.limits import JointLimits

Spoil = Callable[[Points], Points]
"""Makes a bad trajectory of a good one."""

_NS_PER_S = 1_000_000_000
_TRAVEL_NS = 5 * _NS_PER_S
_REORDERED_NS = 200_000_000
# Newer than those that the policy sends meanwhile: not refused for its age.
_NEXT_NS = 80_000_000
_FAR = 10.0
_OVERTAKEN_NS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BadTrajectory:
    """A trajectory that must be refused.

    Attributes:
        name: Key in the result.
        about: What is done.
        spoil: Makes it.
        why: Pattern of the reasons that are right.
        may_stop: Pattern of the causes for which the watchdog may stop the arms as well, empty:
            the motion must go on.
    """

    name: str
    about: str
    spoil: Spoil
    why: str
    may_stop: str = ''
    needs_clock: bool = field(default=False, init=False)
    stops_arms: bool = field(default=False, init=False)

    @property
    def expected(self) -> str:
        """What must follow."""
        then = ('the motion goes on within its limits' if not self.may_stop else
                f'the watchdog may stop them ({self.may_stop})')
        return f'both controllers refuse it ("{self.why}"), {then}'

    def inject(self, rig: Rig) -> int:
        """Send it to all arms."""
        return rig.send({arm: self.spoil(rig.last_points(arm)) for arm in rig.cell.arms})

    def undo(self, rig: Rig) -> None:
        """Do nothing: it was refused."""

    def restore(self, rig: Rig) -> None:
        """Do nothing more."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult | None:
        """Judge what happened; None when the policy's next one followed too soon.

        Controllers read the newest trajectory once per cycle: the bad one was perhaps never read.
        """
        if any(recording.is_overtaken(f'command.{arm}', _OVERTAKEN_NS) for arm in rig.cell.arms):
            return None
        return judge_refusal(recording, arms=rig.cell.arms, why=self.why, may_stop=self.may_stop,
                             limits=limits)


def with_nan(points: Points) -> Points:
    """Return the trajectory with one position that is not a number."""
    positions = points.positions.copy()
    positions[len(positions) // 2, 1] = np.nan
    return replace(points, positions=positions, stamp_ns=points.stamp_ns + _NEXT_NS)


def with_infinity(points: Points) -> Points:
    """Return the trajectory with an infinite last position."""
    positions = points.positions.copy()
    positions[-1, 0] = np.inf
    return replace(points, positions=positions, stamp_ns=points.stamp_ns + _NEXT_NS)


def out_of_range(points: Points) -> Points:
    """Return the trajectory ending beyond the position limits of every arm."""
    positions = points.positions.copy()
    positions[-1, 1] += _FAR
    return replace(points, positions=positions, stamp_ns=points.stamp_ns + _NEXT_NS)


def too_fast(points: Points) -> Points:
    """Return the trajectory in a hundredth of its time."""
    return replace(points, times_s=points.times_s * 0.01, stamp_ns=points.stamp_ns + _NEXT_NS)


def from_past(points: Points) -> Points:
    """Return the trajectory with a stamp of five seconds ago."""
    return replace(points, stamp_ns=points.stamp_ns - _TRAVEL_NS)


def from_future(points: Points) -> Points:
    """Return the trajectory with a stamp of five seconds ahead."""
    return replace(points, stamp_ns=points.stamp_ns + _TRAVEL_NS)


def reordered(points: Points) -> Points:
    """Return the trajectory again with the stamp of one sent ten before it."""
    return replace(points, stamp_ns=points.stamp_ns - _REORDERED_NS)
