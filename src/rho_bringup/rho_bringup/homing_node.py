# SPDX-License-Identifier: Apache-2.0
"""Sends the arms of a running cell home, as its operator."""

from rho_bringup.cell_session_node import CellSession
from rho_bringup.stack_errors import StackError
from rho_core.contract.limits import JointLimits
from rho_core.motion.point_to_point import is_at
from rho_core.motion.point_to_point import point_to_point
from rho_description import Arm
from rho_description import cell as describe_cell

HOME_TOLERANCE = 0.02
"""Distance of measured from home positions at which an arm counts as home [rad, m]."""

HOME_SPEED_FRACTION = 0.2


def send_home(session: CellSession) -> float:
    """Send both arms home and return how long that takes [s].

    Raises:
        StackError: A controller says nothing.
    """
    longest_s = 0.0
    for name in session.cell.arms:
        arm = describe_cell().arm(name)
        state = session.operator.arm(name)
        if state is None:
            raise StackError(f'{name}_arm_controller says nothing')
        trajectory = point_to_point(
            state.commanded, arm.home, arm_limits(arm), speed_fraction=HOME_SPEED_FRACTION)
        session.operator.send_trajectory(name, trajectory)
        longest_s = max(longest_s, float(trajectory.times_s[-1]))
    return longest_s


def is_home(session: CellSession) -> bool:
    """Whether all arms rest at home."""
    if not session.arms_at_rest():
        return False
    for name in session.cell.arms:
        state = session.operator.arm(name)
        home = describe_cell().arm(name).home
        if state is None or not is_at(state.measured, home, HOME_TOLERANCE):
            return False
    return True


def arm_limits(arm: Arm) -> JointLimits:
    """Return the limits of an arm's joints."""
    limits = arm.limits
    return JointLimits(
        names=arm.joint_names, lower=limits.lower, upper=limits.upper, velocity=limits.velocity,
        acceleration=limits.acceleration, jerk=limits.jerk)
