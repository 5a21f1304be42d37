# SPDX-License-Identifier: Apache-2.0
"""What a cell promises: the limits of its arms, the deadlines that reactions count from."""

from __future__ import annotations

from rho_bringup.cell import Cell
from rho_core.contract.limits import JointLimits
from rho_description import cell as describe_cell

CONTROLLER_DEADLINE_MS = 60.0
FREEZE_LIMIT_MS = 500.0


def stream_deadlines_ms(cell: Cell) -> dict[str, float]:
    """Return the deadlines by stream [ms]; `safety` is the permit's, in the controllers."""
    rules = cell.watchdog.deadlines
    return {
        'joint_states': rules.joint_states_ms,
        **{f'camera.{name}': rules.camera_ms for name in cell.cameras},
        **{f'tactile.{name}': rules.tactile_ms for name in cell.tactile},
        **{f'command.{arm}': rules.command_ms for arm in cell.arms},
        **{f'controller.{arm}': CONTROLLER_DEADLINE_MS for arm in cell.arms},
        'safety': cell.controllers.permit_timeout_ms,
    }


def camera_freeze_limit_ms(_cell: Cell) -> float:
    """Return how long a camera may repeat its picture [ms]."""
    return FREEZE_LIMIT_MS


def joint_limits(cell: Cell) -> dict[str, JointLimits]:
    """Return the limits of each arm's joints."""
    description = describe_cell()
    limits = {}
    for arm in cell.arms:
        joints = description.arm(arm)
        limits[arm] = JointLimits(
            names=joints.joint_names, lower=joints.limits.lower, upper=joints.limits.upper,
            velocity=joints.limits.velocity, acceleration=joints.limits.acceleration,
            jerk=joints.limits.jerk)
    return limits
