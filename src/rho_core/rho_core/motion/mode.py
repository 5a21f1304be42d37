# SPDX-License-Identifier: Apache-2.0
"""Modes of one arm."""

from enum import IntEnum


class ArmMode(IntEnum):
    """What an arm does. The numbers are those of ArmState.msg."""

    UNCONFIGURED = 0
    """No measurement yet: nothing is commanded."""
    IDLE = 1
    """Holds the commanded position, accepts trajectories."""
    MOVING = 2
    """Follows a trajectory."""
    STOPPING = 3
    """Decelerates along the path."""
    STOPPED = 4
    """At rest, latched until reset."""
