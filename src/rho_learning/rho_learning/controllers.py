# SPDX-License-Identifier: Apache-2.0
"""The arm controllers' own motion code, run on simulated time with a permit that never lapses."""

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.measurement import Measurement
from rho_core.motion.settings import MotionSettings
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit
from rho_description import CellDescription
from rho_learning.model.layout import HORIZON
from rho_learning.model.layout import ROW_S

Array = NDArray[np.float64]
TRACKING_RAD = 0.5
TIMES_S: Array = ROW_S * np.arange(HORIZON, dtype=np.float64)


class Controllers:
    """One :class:`ArmMotion` per arm, fed with chunks instead of messages."""

    def __init__(self, description: CellDescription, measured: Array, period_ns: int) -> None:
        """Set up for a cell at time 0, at measured positions (14,)."""
        self.refused = 0
        self.last_refusal = ''
        self._arms = []
        first = 0
        for arm in description.arms.values():
            count = len(arm.joint_names)
            limits = JointLimits(
                names=arm.joint_names,
                lower=arm.limits.lower,
                upper=arm.limits.upper,
                velocity=arm.limits.velocity,
                acceleration=arm.limits.acceleration,
                jerk=arm.limits.jerk,
            )
            settings = MotionSettings(
                limits=limits, tracking_limits=(TRACKING_RAD,) * count, period_ns=period_ns
            )
            self._arms.append((slice(first, first + count), arm.joint_names, ArmMotion(settings)))
            first += count
        self._command: Array = np.array(measured)
        # A controller starts stopped and moves after a reset, which is a new epoch.
        self._cycle(measured, 0, epoch=0)
        self._cycle(measured, 0, epoch=1)

    def receive(self, chunk: Array, *, observed_ns: int, now_ns: int) -> None:
        """Take a chunk (10, 14) whose row 0 is due one row after the observation."""
        start_ns = observed_ns + round(ROW_S * 1e9)
        for rows, names, motion in self._arms:
            trajectory = JointTrajectory(
                start_ns=start_ns, times_s=TIMES_S, joint_names=names, positions=chunk[:, rows]
            )
            try:
                motion.submit(trajectory, now_ns, now_ns)
            except Refused as error:
                self.refused += 1
                self.last_refusal = str(error)

    def update(self, measured: Array, now_ns: int) -> Array:
        """Return the next command (14,) for measured positions (14,)."""
        self._cycle(measured, now_ns, epoch=1)
        return self._command

    def _cycle(self, measured: Array, now_ns: int, epoch: int) -> None:
        permit = ArmPermit(
            permit=Permit.RUN, speed_scale=1.0, epoch=epoch, stamp_ns=now_ns, received_ns=now_ns
        )
        for rows, _, motion in self._arms:
            positions = tuple(measured[rows].tolist())
            measurement = Measurement(stamp_ns=now_ns, received_ns=now_ns, positions=positions)
            command = motion.update(now_ns, now_ns, measurement, permit)
            if command is not None:
                self._command[rows] = command
