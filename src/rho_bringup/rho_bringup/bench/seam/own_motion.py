# SPDX-License-Identifier: Apache-2.0
"""Our controller's motion, driven as its node drives it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.measurement import Measurement
from rho_core.motion.settings import MotionSettings
from rho_core.motion.trajectory import JointTrajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

Array = NDArray[np.float64]


class OwnMotion:
    """An arm that follows its commands and may always move.

    A trajectory is judged after the command of a cycle, one part in each, as in the node.
    """

    def __init__(self, settings: MotionSettings, position: Array, now_ns: int) -> None:
        """Start at rest.

        Args:
            settings: of the arm.
            position: where, shape (J,) [rad, m].
            now_ns: time of the cycle before the first one, on both clocks.
        """
        self._motion = ArmMotion(settings)
        self._position = tuple(np.asarray(position, dtype=np.float64).tolist())
        self._parts: Iterator[None] | None = None
        self._refusals: list[str] = []
        self.step(now_ns)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why trajectories were not followed."""
        return tuple(self._refusals)

    def take(self, trajectory: JointTrajectory, now_ns: int) -> None:
        """Begin to judge a trajectory."""
        self._parts = self._motion.consider(trajectory, now_ns, now_ns)

    def step(self, now_ns: int) -> Array:
        """Return the command of this cycle."""
        measured = Measurement(stamp_ns=now_ns, received_ns=now_ns, positions=self._position)
        permit = ArmPermit(permit=Permit.RUN, speed_scale=1.0, epoch=1, stamp_ns=now_ns,
                           received_ns=now_ns)
        self._position = self._motion.update(now_ns, now_ns, measured, permit) or self._position
        self._judge_part()
        return np.array(self._position)

    def _judge_part(self) -> None:
        if self._parts is None:
            return
        try:
            next(self._parts)
        except StopIteration:
            self._parts = None
        except Refused as error:
            self._parts = None
            self._refusals.append(str(error))
