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
  their messages. All that time the scale is at most s, the largest of what the arm reports and of
  what was granted lately.
- A stop lets the scale fall to 0 as `rho_core.motion.time_scaling` does, with a second derivative
  of h / T^2 and a first one of at most g / T, for the stop time T that it takes from 1 to 0. A
  scale that is still rising to what was granted takes a moment to turn. T is what the controllers
  report, or `stop_s` if that is longer: it stands for a path that the guard has not seen yet,
  and controllers refuse a path that could not be stopped in that time right after it began.

So arm i moves no further than E_i(s) = V (s (age + reaction + turn) + stop(s, T)) with the time
stop(s, T) that the path goes on during the stop. A judgement that finds m < E_1 + E_2 says stop.
While none does, m stays >= 0: whatever happens after the last sample that was good is bounded by
the E that it was good with. Nothing here predicts where the arms want to go, so a new trajectory,
a replaced one or a late one makes no difference.

**Slowing down** only keeps the stop from being needed: the scale is the one at which E, times
`caution`, fits into the margin that is left after `foresight_s` at the present speed. Both arms
get the same scale, which keeps them in step. It falls at once and rises slowly.

What stands still (the arm itself, table, keep-out boxes, workspace) is judged when a path is
admitted, as a whole. The guard looks at it again on the commands and on the measurement, with some
slack, and blocks the arm that is not where it should be.

If an arm does not report, there is no judgement, and without one the watchdog stops all arms.
"""

from __future__ import annotations

import math
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
from rho_core.motion.time_scaling import PEAK_CHANGE
from rho_core.motion.time_scaling import PEAK_RATE

Array = NDArray[np.float64]

_NS_PER_S = 1e9
# Velocities become displacements of points over this time.
_SPEED_STEP_S = 1e-3
# Grants that may still be in force: those of twice the reaction time.
_GRANTS = 2.0
_HALVINGS = 12


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
        is_static = any(blocked)
        scale = rules.scale_limit
        if len(self._between):
            rows = self._between.margins(points)
            margins = rows[:2].min(axis=0)
            nearest = int(margins.argmin())
            least_m = float(margins[nearest])
            closing = np.maximum(rows[0] - rows[2], 0.0) / _SPEED_STEP_S
            soon_m = float((margins - rules.foresight_s * closing).min())
            scale = self._scale(now_ns, samples, soon_m)
            if least_m < self._reach_m(now_ns, samples):
                blocked = [True] * len(self._arms)
            # What decides is told, not what is a little closer but stands still.
            if least_m < margin_m or (scale < rules.scale_limit and not is_static):
                margin_m, closest = least_m, self._between.name(nearest)
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

    def _scale(self, now_ns: int, samples: Mapping[str, ArmSample], margin_m: float) -> float:
        """Return the scale at which all arms, going on at it, would use up a margin."""
        rules = self._rules
        count = len(samples)
        # Not the present ages: the scale would follow their sawtooth.
        before_s = count * (rules.report_s + rules.reaction_s)
        stop_s = self._stop_s(samples)
        # What the margin allows, as time at full speed of one arm.
        allowed_s = margin_m / (rules.caution * rules.speed_limit_m_s)
        low, high = 0.0, rules.scale_limit
        if self._grants:
            newest_ns, newest = self._grants[-1]
            high = min(high, newest + rules.rise_per_s * max(now_ns - newest_ns, 0) / _NS_PER_S)
        if high * before_s + count * stopping_s(high, stop_s) <= allowed_s:
            return max(high, rules.least_scale)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if middle * before_s + count * stopping_s(middle, stop_s) <= allowed_s:
                low = middle
            else:
                high = middle
        return max(low, rules.least_scale)

    def _reach_m(self, now_ns: int, samples: Mapping[str, ArmSample]) -> float:
        """Return by how much the arms may come closer if the next judgement stops them."""
        rules = self._rules
        oldest_ns = now_ns - round(_GRANTS * rules.reaction_s * _NS_PER_S)
        while self._grants and self._grants[0][0] < oldest_ns:
            self._grants.popleft()
        granted = max((scale for _, scale in self._grants), default=0.0)
        stop_s = self._stop_s(samples)
        reach_s = 0.0
        for sample in samples.values():
            scale = max(sample.time_scale, granted, rules.least_scale)
            until_s = _age_s(now_ns, sample) + rules.reaction_s
            if sample.time_scale > 0.0:
                until_s += self._turn_s(granted - sample.time_scale, stop_s)
            reach_s += scale * until_s + stopping_s(scale, stop_s)
        return rules.speed_limit_m_s * reach_s

    def _turn_s(self, gap: float, stop_s: float) -> float:
        """Return how long a scale may go on rising that is below what was granted by a gap."""
        ramp_s = self._rules.ramp_s
        braked = math.sqrt(2.0 * PEAK_CHANGE * max(gap, 0.0)) / ramp_s
        return min(braked, PEAK_RATE / ramp_s) * stop_s * stop_s / PEAK_CHANGE

    def _stop_s(self, samples: Mapping[str, ArmSample]) -> float:
        return max(self._rules.stop_s, *(sample.stop_time_s for sample in samples.values()))

    def _static_name(self, index: int) -> str:
        count = len(self._inside)
        return self._inside.name(index) if index < count else self._around.name(index - count)


def stopping_s(scale: float, stop_s: float) -> float:
    """Return for how long a path goes on, in its own time, while the scale falls to 0.

    Args:
        scale: from which it falls.
        stop_s: time in which it would fall from 1.

    From a small scale s the fall takes 2 T sqrt(s / h), accelerating and then decelerating; from a
    larger one, s >= g^2 / h, it takes s T / g + g T / h with the largest rate in between. Either
    way the mean scale is s / 2.
    """
    if scale < PEAK_RATE * PEAK_RATE / PEAK_CHANGE:
        return float(scale * stop_s * math.sqrt(scale / PEAK_CHANGE))
    return 0.5 * scale * stop_s * (scale / PEAK_RATE + PEAK_RATE / PEAK_CHANGE)


def _age_s(now_ns: int, sample: ArmSample) -> float:
    return max(now_ns - sample.stamp_ns, 0) / _NS_PER_S
