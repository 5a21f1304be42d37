# SPDX-License-Identifier: Apache-2.0
"""An arm of two joints on clocks that a test moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.command_check import find_violations
from rho_core.motion.measurement import Measurement
from rho_core.motion.path_check import PathCheck
from rho_core.motion.settings import MotionSettings
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

MS = 1_000_000
S = 1000 * MS
PERIOD_NS = 2 * MS
NAMES = ('turn', 'slide')
LIMITS = JointLimits(
    names=NAMES,
    lower=np.array([-2.0, 0.0]),
    upper=np.array([2.0, 0.04]),
    velocity=np.array([3.0, 0.2]),
    acceleration=np.array([10.0, 2.0]),
    jerk=np.array([200.0, 50.0]),
)
START_ROS_NS = 1_700_000_000 * S


def trajectory(
    start_ns: int,
    rows: Sequence[Sequence[float]],
    dt_s: float = 0.1,
    velocities: Sequence[Sequence[float]] | None = None,
    names: tuple[str, ...] = NAMES,
) -> JointTrajectory:
    """Make a trajectory with evenly spaced points."""
    return JointTrajectory(
        start_ns=start_ns,
        times_s=np.arange(len(rows), dtype=np.float64) * dt_s,
        joint_names=names,
        positions=np.array(rows, dtype=np.float64),
        velocities=None if velocities is None else np.array(velocities),
    )


class Bench:
    """An arm that follows its commands perfectly, on clocks that the test moves."""

    def __init__(
        self,
        position: Sequence[float] = (0.0, 0.02),
        path_check: PathCheck | None = None,
        **settings: Any,
    ) -> None:
        """Set up the arm at a position."""
        self.settings = MotionSettings(
            limits=LIMITS, tracking_limits=(0.5, 0.05), period_ns=PERIOD_NS, **settings)
        self.arm = ArmMotion(self.settings, path_check)
        self.now_ns = START_ROS_NS
        self.steady_ns = 5 * S
        self.position = tuple(position)
        self.epoch = 1
        self.commands: list[tuple[float, ...]] = []

    def permit(self, permit: Permit = Permit.RUN, scale: float = 1.0) -> ArmPermit:
        """Make a permit of now."""
        return ArmPermit(permit=permit, speed_scale=scale, epoch=self.epoch, stamp_ns=self.now_ns,
                         received_ns=self.steady_ns)

    def measurement(self) -> Measurement:
        """Make a measurement of now."""
        return Measurement(stamp_ns=self.now_ns, received_ns=self.steady_ns,
                           positions=self.position)

    def tick(
        self,
        permit: ArmPermit | None | Permit = Permit.RUN,
        measured: Measurement | None | bool = True,
        period_ns: int = PERIOD_NS,
        problem: str = '',
    ) -> tuple[float, ...] | None:
        """Let one period pass."""
        self.now_ns += period_ns
        self.steady_ns += period_ns
        given = self.permit(permit) if isinstance(permit, Permit) else permit
        seen = self.measurement() if measured is True else measured or None
        command = self.arm.update(self.now_ns, self.steady_ns, seen, given, problem)
        if command is not None:
            self.commands.append(command)
            self.position = command
        return command

    def run(self, seconds: float, **inputs: Any) -> None:
        """Let some time pass."""
        for _ in range(round(seconds * S / PERIOD_NS)):
            self.tick(**inputs)

    def violations(self) -> list[str]:
        """Judge all commands so far."""
        return find_violations(self.commands, LIMITS, period_s=PERIOD_NS / S)

    def submit(self, rows: Sequence[Sequence[float]], lead_ms: float = 0.0, **how: Any) -> bool:
        """Submit a trajectory that starts now or a little later; tell whether it was accepted."""
        start_ns = self.now_ns + round(lead_ms * MS)
        try:
            self.arm.submit(trajectory(start_ns, rows, **how), self.now_ns, self.steady_ns)
        except Refused:
            return False
        return True
