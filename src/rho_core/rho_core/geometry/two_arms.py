# SPDX-License-Identifier: Apache-2.0
"""Two arms with the guard between them, on simulated time: for tests and studies."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.geometry.arm_sample import ArmSample
from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.guard import GeometryGuard
from rho_core.geometry.guard_rules import GuardRules
from rho_core.geometry.pair_margins import arm_pairs
from rho_core.geometry.pair_margins import link_tree
from rho_core.geometry.pair_margins import self_pairs
from rho_core.geometry.path_check import GeometryPathCheck
from rho_core.geometry.surrounding_margins import SurroundingMargins
from rho_core.geometry.verdict import GeometryVerdict
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.measurement import Measurement
from rho_core.motion.settings import MotionSettings
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

Array = NDArray[np.float64]

_MS = 1_000_000
_NS_PER_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long things take on their way, and when they happen.

    Attributes:
        report_ns: time between two reports of an arm.
        report_delay_ns: from an arm to the guard.
        guard_ns: time between two judgements.
        guard_phase_ns: when the first one comes.
        permit_delay_ns: from a judgement to the controllers, through the watchdog.
    """

    report_ns: int = 20 * _MS
    report_delay_ns: int = 2 * _MS
    guard_ns: int = 10 * _MS
    guard_phase_ns: int = 0
    permit_delay_ns: int = 20 * _MS


class TwoArms:
    """Arms that follow their commands perfectly, guarded, each cycle after the other.

    `least_margins` tells afterwards how close anything came.
    """

    def __init__(
        self,
        cell: CellGeometry,
        settings: Mapping[str, MotionSettings],
        start: Mapping[str, tuple[float, ...]],
        rules: GuardRules,
        delays: Delays | None = None,
    ) -> None:
        """Put the arms somewhere at rest, released.

        Args:
            cell: its geometry.
            settings: of each arm; all have the same period.
            start: positions of each arm.
            rules: of the guard; its speed limit is that of the path checks.
            delays: how long things take.
        """
        self._cell = cell
        self._delays = delays or Delays()
        self._period_ns = next(iter(settings.values())).period_ns
        self.guard = GeometryGuard(cell, rules)
        self.arms = {
            name: ArmMotion(settings[name], GeometryPathCheck(
                cell, name, speed_limit_m_s=rules.speed_limit_m_s))
            for name in cell.arms}
        self.now_ns = 1000 * _MS
        self.rows: list[list[float]] = []
        self.verdicts: list[GeometryVerdict] = []
        self.refusals: list[str] = []
        self._positions = dict(start)
        self._epoch = 0
        self._is_stopped = False
        self._granted: GeometryVerdict | None = None
        self._samples: dict[str, ArmSample] = {}
        self._reports: deque[tuple[int, str, ArmSample]] = deque()
        self._pending: deque[tuple[int, GeometryVerdict]] = deque()
        self._stop_time_s = 0.0
        self._next_report_ns = self.now_ns
        self._next_judgement_ns = self.now_ns + self._delays.guard_phase_ns
        self.run(0.06)
        self.reset()
        self.run(0.02)

    @property
    def is_stopped(self) -> bool:
        """Whether the guard has stopped the arms."""
        return self._is_stopped

    def reset(self) -> None:
        """Release the arms."""
        self._epoch += 1
        self._is_stopped = False

    def submit(
        self, arm: str, times_s: Array, positions: Array, velocities: Array | None = None,
        lead_s: float = 0.0,
    ) -> bool:
        """Give an arm a trajectory; tell whether it was accepted."""
        try:
            trajectory = JointTrajectory(
                start_ns=self.now_ns + round(lead_s * _NS_PER_S), times_s=times_s,
                joint_names=self._cell.arm(arm).joints, positions=positions,
                velocities=velocities)
            self.arms[arm].submit(trajectory, self.now_ns, self.now_ns)
        except Refused as error:
            self.refusals.append(str(error))
            return False
        return True

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end_ns = self.now_ns + round(seconds * _NS_PER_S)
        while self.now_ns < end_ns:
            self.tick()

    def tick(self) -> None:
        """Let one period pass."""
        self.now_ns += self._period_ns
        self._pass_judgements_on()
        permit = self._permit()
        for name, arm in self.arms.items():
            measured = Measurement(stamp_ns=self.now_ns, received_ns=self.now_ns,
                                   positions=self._positions[name])
            command = arm.update(self.now_ns, self.now_ns, measured, permit)
            if command is not None:
                self._positions[name] = command
        self.rows.append([x for name in self._cell.arms for x in self._positions[name]])
        self._report()
        self._judge()

    def least_margins(self) -> tuple[float, float]:
        """Return the smallest margin between the arms, and of an arm to anything else [m]."""
        names = list(self._cell.arms)
        tree = link_tree([self._cell.arm(name) for name in names])
        points = tree.points(np.unique(np.array(self.rows), axis=0))
        between = arm_pairs(tree, self._cell, names).margins(points)
        inside = self_pairs(tree, self._cell, names).margins(points)
        around = SurroundingMargins(tree, self._cell, names).margins(points)
        return float(between.min()), float(min(inside.min(initial=np.inf), around.min()))

    def peak_speed_m_s(self) -> float:
        """Return the largest commanded speed of a point of an arm so far [m/s]."""
        tree = link_tree([self._cell.arm(name) for name in self._cell.arms])
        points = tree.points(np.array(self.rows))
        steps = np.sqrt(((points[:, 1:] - points[:, :-1]) ** 2).sum(axis=0))
        return float(steps.max(initial=0.0)) * _NS_PER_S / self._period_ns

    def _permit(self) -> ArmPermit:
        kind, scale = Permit.STOP, 0.0
        if self._granted is not None and not self._is_stopped and self._epoch:
            scale = min(self._granted.speed_scales)
            kind = Permit.RUN if scale == 1.0 else Permit.SLOW
        return ArmPermit(permit=kind, speed_scale=scale, epoch=self._epoch,
                         stamp_ns=self.now_ns, received_ns=self.now_ns,
                         stop_time_s=self._stop_time_s)

    def _pass_judgements_on(self) -> None:
        while self._pending and self._pending[0][0] <= self.now_ns:
            self._granted = self._pending.popleft()[1]
            if any(self._granted.blocked) and not self._is_stopped:
                self._is_stopped = True
                self._epoch += 1

    def _report(self) -> None:
        if self.now_ns >= self._next_report_ns:
            self._next_report_ns += self._delays.report_ns
            for name, arm in self.arms.items():
                report = arm.report(arm=name, now_ns=self.now_ns)
                if report.commanded:
                    sample = ArmSample.from_report(report, self._cell.arm(name).joints)
                    due_ns = self.now_ns + self._delays.report_delay_ns
                    self._reports.append((due_ns, name, sample))
        while self._reports and self._reports[0][0] <= self.now_ns:
            _, name, sample = self._reports.popleft()
            self._samples[name] = sample
            self._stop_time_s = max(one.stop_time_s for one in self._samples.values())

    def _judge(self) -> None:
        if self.now_ns < self._next_judgement_ns or len(self._samples) < len(self.arms):
            return
        self._next_judgement_ns += self._delays.guard_ns
        verdict = self.guard.judge(self.now_ns, self._samples)
        self.verdicts.append(verdict)
        self._pending.append((self.now_ns + self._delays.permit_delay_ns, verdict))
