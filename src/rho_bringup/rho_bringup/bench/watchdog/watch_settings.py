# SPDX-License-Identifier: Apache-2.0
"""What a cell promises: the limits of its arms, the deadlines that reactions count from."""

from __future__ import annotations

from rho_bringup.cell import Cell
from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.safety.stream_kind import StreamKind
from rho_description import cell as describe_cell


def stream_deadlines_ms(cell: Cell) -> dict[str, float]:
    """Return the deadlines by stream [ms]; `safety` is the permit's, in the controllers."""
    return {
        **{name: stream.deadline_ms for name, stream in cell.watchdog.streams.items()},
        'safety': cell.controllers.permit_timeout_ms,
    }


def camera_freeze_limit_ms(cell: Cell) -> float:
    """Return how long a camera may repeat its picture [ms].

    Raises:
        ConfigError: No camera of the cell is looked at for that.
    """
    limits = [stream.freeze.limit_ms for stream in cell.watchdog.streams.values()
              if stream.kind is StreamKind.IMAGE and stream.freeze is not None]
    if not limits:
        raise ConfigError('no camera has a limit of equal content', 'watchdog.streams')
    return max(limits)


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
