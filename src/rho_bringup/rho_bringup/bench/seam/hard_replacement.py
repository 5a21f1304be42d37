# SPDX-License-Identifier: Apache-2.0
"""The rule by which joint_trajectory_controller follows a new trajectory, for comparison."""

import numpy as np
from numpy.typing import NDArray

from rho_core.motion.trajectory import JointTrajectory

Array = NDArray[np.float64]
_NS_PER_S = 1e9


class HardReplacement:
    """Follows the newest trajectory from the moment at which it arrives.

    As ros2_controllers' joint_trajectory_controller does by default (Jazzy, Kilted): a new
    trajectory replaces the old one at once and is sampled by time. Before its first point the way
    leads from the command at the time of the replacement. Points with positions alone are joined
    by straight lines, so the velocity is constant between them and jumps at each one.
    """

    def __init__(self, position: Array) -> None:
        """Start at rest.

        Args:
            position: where, shape (J,) [rad, m].
        """
        self._command: Array = np.array(position, dtype=np.float64)
        self._times_s: Array = np.zeros(1)
        self._positions: Array = self._command[None]

    @property
    def refusals(self) -> tuple[str, ...]:
        """None: whatever is well formed is followed."""
        return ()

    def take(self, trajectory: JointTrajectory, now_ns: int) -> None:
        """Replace the trajectory."""
        times_s = trajectory.start_ns / _NS_PER_S + trajectory.times_s
        positions = trajectory.positions
        now_s = now_ns / _NS_PER_S
        if now_s < times_s[0]:
            times_s = np.concatenate(([now_s], times_s))
            positions = np.concatenate((self._command[None], positions))
        self._times_s, self._positions = times_s, positions

    def step(self, now_ns: int) -> Array:
        """Return the command of this cycle."""
        now_s = now_ns / _NS_PER_S
        self._command = np.array([
            np.interp(now_s, self._times_s, column) for column in self._positions.T])
        return self._command
