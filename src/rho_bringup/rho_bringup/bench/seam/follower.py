# SPDX-License-Identifier: Apache-2.0
"""What turns a stream of trajectories into commands."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rho_core.motion.trajectory import JointTrajectory


class Follower(Protocol):
    """One way to follow trajectories, cycle by cycle."""

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why trajectories were not followed."""

    def take(self, trajectory: JointTrajectory, now_ns: int) -> None:
        """Hear a trajectory."""

    def step(self, now_ns: int) -> NDArray[np.float64]:
        """Return the command of this cycle, shape (J,) [rad, m]."""
