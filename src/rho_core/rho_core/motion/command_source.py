# SPDX-License-Identifier: Apache-2.0
"""Who may command an arm."""

from enum import IntEnum


class CommandSource(IntEnum):
    """Where a trajectory comes from. A larger one takes the arm away from a smaller one."""

    POLICY = 1
    """The policy node, by the trajectory topic."""
    ACTION = 2
    """A client of FollowJointTrajectory, e.g. a planner."""
    OPERATOR = 3
    """A person: jogging, and the motions home and to the parking position."""

    @property
    def label(self) -> str:
        """Name in ArmState.msg."""
        return self.name.lower()
