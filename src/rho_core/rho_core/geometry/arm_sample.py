# SPDX-License-Identifier: Apache-2.0
"""What the geometry guard knows of one arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rho_core.errors import Refused
from rho_core.motion.report import ArmReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSample:
    """One arm at one moment. Tuples are in the order of the arm's joints.

    Attributes:
        stamp_ns: moment [ns, ROS time].
        commanded: last command [rad, m].
        velocity: of the command [rad/s, m/s].
        measured: last measurement [rad, m].
        time_scale: how fast the time of the path runs.
        stop_time_s: time in which a stop along the path ends.
    """

    stamp_ns: int
    commanded: tuple[float, ...]
    velocity: tuple[float, ...]
    measured: tuple[float, ...]
    time_scale: float = 1.0
    stop_time_s: float = 0.0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            Refused: sizes differ, there are none, or a value is not finite or out of range.
        """
        sizes = {len(self.commanded), len(self.velocity), len(self.measured)}
        if len(sizes) != 1 or 0 in sizes:
            raise Refused(f'arm state: expected as many commanded as measured joints, got '
                          f'{len(self.commanded)}, {len(self.velocity)} velocities and '
                          f'{len(self.measured)}')
        total = sum(self.commanded) + sum(self.velocity) + sum(self.measured)
        if not math.isfinite(total):
            raise Refused('arm state: expected finite numbers')
        if not (0.0 <= self.time_scale <= 1.5 and 0.0 <= self.stop_time_s < 60.0):
            raise Refused(f'arm state: expected a scale in [0, 1] and a stop time below 60 s, got '
                          f'{self.time_scale} and {self.stop_time_s}')

    @classmethod
    def from_report(cls, report: ArmReport, joints: Sequence[str]) -> ArmSample:
        """Take what the guard needs out of a report.

        Args:
            report: of the arm's controller.
            joints: names, in the order of the sample.

        Raises:
            Refused: the joints are others, or nothing is commanded or measured yet.
        """
        names = report.joint_names
        if set(names) != set(joints) or len(names) != len(joints):
            raise Refused(f'arm state: expected the joints {", ".join(joints)}, got '
                          f'{", ".join(names) or "none"}')
        sizes = {len(report.commanded), len(report.velocity), len(report.measured)}
        if sizes != {len(joints)}:
            raise Refused(f'arm state: the {report.arm} arm is {report.mode.name}, expected '
                          f'{len(joints)} joints commanded and measured')
        order = [names.index(joint) for joint in joints]
        # An arm that neither follows nor moves has no scale: the last one it had means nothing.
        is_moving = bool(report.source) or any(report.velocity)
        return cls(
            stamp_ns=report.stamp_ns,
            commanded=tuple(report.commanded[i] for i in order),
            velocity=tuple(report.velocity[i] for i in order),
            measured=tuple(report.measured[i] for i in order),
            time_scale=report.time_scale if is_moving else 0.0,
            stop_time_s=report.stop_time_s,
        )
