# SPDX-License-Identifier: Apache-2.0
"""Keeps two arms apart while they move: slower the closer they are, and a stop in time.

**What is promised.** No pair of links of different arms comes closer than its distance to keep,
whatever trajectories are admitted and whenever they are replaced.

**Why it holds.** The margin m of a pair, distance of the surfaces minus the distance to keep,
changes by no more than its two links move: a link is a segment with a radius, and the distance of
two segments changes by at most the sum of the largest displacements of their ends. So it is enough
to bound by how much each arm can move from the sample that was judged until it stands, if the next
judgement says stop:

- On an admitted path no point of the arm is faster than V: `GeometryPathCheck` refuses the others.
  With the time scale s it is not faster than s V.
- The sample was taken some time before it was judged (its age); the next judgement takes effect
  `reaction_s` after this one: a period of the guard, then of the watchdog, of a controller, and
  their messages. All that time the scale is at most s_max, the largest of what the arm reports and
  of what was granted lately.
- A stop lets s fall to 0 within T, symmetrically: the path's time goes on by s T / 2. T is what
  the controllers report, but at least `stop_s`, because a path that the guard has not seen yet may
  need more than the one that it knows; controllers refuse paths that need longer than `stop_s`.

So arm i moves no further than E_i = s_max V (age + reaction + T / 2). A judgement that finds
m < E_1 + E_2 for some pair says stop. While none does, m stays >= 0: whatever happens after the
last sample that was good is bounded by the E that it was good with. Nothing here predicts where
the arms want to go, so a new trajectory, a replaced one or a late one makes no difference.

**Slowing down** only keeps the stop from being needed: the scale is the one at which E, times
`caution`, fits into the margin. Both arms get the same scale, which keeps them in step.

What stands still (the arm itself, table, keep-out boxes, workspace) is judged when a path is
admitted, as a whole. The guard looks at it again on the commands and on the measurement, with some
slack, and blocks the arm that is not where it should be.

If an arm does not report, there is no judgement, and without one the watchdog stops all arms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.geometry.arm_sample import ArmSample
from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.guard_rules import GuardRules
from rho_core.geometry.pair_margins import arm_pairs
from rho_core.geometry.pair_margins import link_tree
from rho_core.geometry.pair_margins import self_pairs
from rho_core.geometry.surrounding_margins import SurroundingMargins
from rho_core.geometry.verdict import GeometryVerdict

Array = NDArray[np.float64]

_NS_PER_S = 1e9
# Velocities become displacements of points over this time.
_SPEED_STEP_S = 1e-3
# Grants that may still be in force: those of twice the reaction time.
_GRANTS = 2.0


class GeometryGuard:
    """Judges the state of all arms; pure, time comes with the arguments."""

    def __init__(self, cell: CellGeometry, rules: GuardRules) -> None:
        """Prepare the judgement.

        Args:
            cell: geometry of the cell.
            rules: what is promised about the arms.
        """
        self._rules = rules
        self._arms = tuple(cell.arms)
        self._joints = {arm: cell.arm(arm).joints for arm in self._arms}
        self._tree = link_tree([cell.arm(arm) for arm in self._arms])
        self._between = arm_pairs(self._tree, cell, self._arms)
        self._inside = self_pairs(self._tree, cell, self._arms)
        self._around = SurroundingMargins(self._tree, cell, self._arms)
        owner = {link.name: i for i, arm in enumerate(self._arms) for link in cell.arm(arm).links}
        owners = np.array([owner[name] for name in self._tree.link_names], dtype=np.intp)
        self._first_owner = owners[self._between.first]
        self._second_owner = owners[self._between.second]
        self._static_owner = [owner[name] for name in (*self._inside.links, *self._around.links)]
        self._grants: deque[tuple[int, float]] = deque()
        self._seq = 0

    @property
    def joints(self) -> Mapping[str, tuple[str, ...]]:
        """Joints of each arm, order of its samples."""
        return self._joints

    def judge(self, now_ns: int, samples: Mapping[str, ArmSample]) -> GeometryVerdict:
        """Judge the arms.

        Args:
            now_ns: ROS time.
            samples: newest sample of every arm.

        Raises:
            Refused: the sample of an arm is missing or has the wrong number of joints.
        """
        rules = self._rules
        commanded = self._row(samples, 'commanded')
        velocity = self._row(samples, 'velocity')
        points = self._tree.points(np.array((
            commanded, self._row(samples, 'measured'), commanded + _SPEED_STEP_S * velocity)))
        tips = self._tree.tips(points)
        moved = tips[:, 2] - tips[:, 0]
        tip_speeds = np.sqrt((moved * moved).sum(axis=0)) / _SPEED_STEP_S
        both = points[:, :2]
        blocked, margin_m, closest = self._judge_static(both)
        scale = rules.scale_limit
        if len(self._between):
            margins = self._between.margins(both).min(axis=0)
            reach_s = self._reach_times(now_ns, samples)
            reach = rules.speed_limit_m_s * (
                reach_s[self._first_owner] + reach_s[self._second_owner])
            limit = self._largest_scale(now_ns, samples)
            allowed = margins / (rules.caution * reach)
            scale = max(min(scale, float(allowed.min())), rules.least_scale)
            used = reach_s * np.maximum(limit, rules.least_scale) * rules.speed_limit_m_s
            lacking = margins - used[self._first_owner] - used[self._second_owner]
            if lacking.min() < 0.0:
                blocked = [True] * len(self._arms)
            nearest = int(margins.argmin())
            if margins[nearest] < margin_m:
                margin_m, closest = float(margins[nearest]), self._between.name(nearest)
        verdict = GeometryVerdict(
            stamp_ns=now_ns,
            seq=self._seq,
            arms=self._arms,
            speed_scales=tuple(0.0 if stop else scale for stop in blocked),
            blocked=tuple(blocked),
            margin_m=margin_m,
            closest=closest,
            tip_speeds=tuple(tip_speeds.tolist()),
        )
        self._seq += 1
        self._grants.append((now_ns, scale))
        return verdict

    def _row(self, samples: Mapping[str, ArmSample], field: str) -> Array:
        values: list[float] = []
        for arm in self._arms:
            if arm not in samples:
                raise Refused(f'geometry: no state of the {arm} arm')
            part = getattr(samples[arm], field)
            if len(part) != len(self._joints[arm]):
                raise Refused(f'geometry: {len(part)} joints of the {arm} arm, expected '
                              f'{len(self._joints[arm])}')
            values += part
        return np.array(values)

    def _judge_static(self, points: Array) -> tuple[list[bool], float, str]:
        margins = np.concatenate(
            (self._inside.margins(points), self._around.margins(points)), axis=1).min(axis=0)
        worst = int(margins.argmin())
        blocked = [False] * len(self._arms)
        for index in np.nonzero(margins < -self._rules.slack_m)[0].tolist():
            blocked[self._static_owner[index]] = True
        return blocked, float(margins[worst]), self._static_name(worst)

    def _reach_times(self, now_ns: int, samples: Mapping[str, ArmSample]) -> Array:
        """Return for how long each arm would go on at full scale, shape (A,) [s]."""
        stop_s = max(self._rules.stop_s, *(samples[arm].stop_time_s for arm in self._arms))
        ages_s = np.array([
            max(now_ns - samples[arm].stamp_ns, 0) / _NS_PER_S for arm in self._arms])
        return ages_s + (self._rules.reaction_s + 0.5 * stop_s)

    def _largest_scale(self, now_ns: int, samples: Mapping[str, ArmSample]) -> Array:
        """Return the largest scale that each arm may have until the next judgement counts."""
        oldest_ns = now_ns - round(_GRANTS * self._rules.reaction_s * _NS_PER_S)
        while self._grants and self._grants[0][0] < oldest_ns:
            self._grants.popleft()
        granted = max((scale for _, scale in self._grants), default=0.0)
        return np.array([max(samples[arm].time_scale, granted) for arm in self._arms])

    def _static_name(self, index: int) -> str:
        count = len(self._inside)
        return self._inside.name(index) if index < count else self._around.name(index - count)
