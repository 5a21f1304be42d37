# SPDX-License-Identifier: Apache-2.0
"""How following a trajectory as a goal ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from rho_core.errors import Refused


class GoalCode(IntEnum):
    """Result codes. The numbers are those of FollowJointTrajectory."""

    SUCCESSFUL = 0
    INVALID_GOAL = -1
    INVALID_JOINTS = -2
    OLD_HEADER_TIMESTAMP = -3
    PATH_TOLERANCE_VIOLATED = -4
    GOAL_TOLERANCE_VIOLATED = -5


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalOutcome:
    """The end of a goal.

    Attributes:
        code: what became of it.
        text: why, for people.
        is_canceled: whether its client asked for the end.
    """

    code: GoalCode
    text: str = ''
    is_canceled: bool = False


class GoalRefused(Refused):
    """A goal that cannot be followed.

    Attributes:
        code: the result code that says so.
    """

    def __init__(self, code: GoalCode, text: str) -> None:
        """Create the error."""
        super().__init__(text)
        self.code = code
