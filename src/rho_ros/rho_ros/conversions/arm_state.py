# SPDX-License-Identifier: Apache-2.0
"""Reports of arm controllers."""

from array import array

from rho_core.errors import Refused
from rho_core.motion.mode import ArmMode
from rho_core.motion.report import ArmReport
from rho_interfaces.msg import ArmState
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


def arm_state_to_ros(report: ArmReport) -> ArmState:
    """Makes a report a message."""
    message = ArmState(
        arm=report.arm,
        mode=int(report.mode),
        reason=report.reason,
        joint_names=list(report.joint_names),
        commanded=array('d', report.commanded),
        measured=array('d', report.measured),
        error=array('d', report.error),
        velocity=array('d', report.velocity),
        acceleration=array('d', report.acceleration),
        source=report.source,
        accepted=report.accepted,
        refused=report.refused,
        last_refusal=report.last_refusal,
        command_age_ms=report.command_age_ms,
        permit_age_ms=report.permit_age_ms,
        cycles=report.cycles,
        missed_cycles=report.missed_cycles,
        wake_late_us_max=report.wake_late_us_max,
        tick_us_max=report.tick_us_max,
        time_scale=report.time_scale,
        stop_time_s=report.stop_time_s,
        latched=report.latched,
        stop_epoch=report.stop_epoch,
    )
    message.header.stamp = time_to_ros(report.stamp_ns)
    return message


def arm_state_from_ros(message: ArmState) -> ArmReport:
    """Reads a report.

    Raises:
        Refused: the mode has no meaning.
    """
    try:
        mode = ArmMode(message.mode)
    except ValueError as error:
        allowed = ', '.join(f'{item.value} ({item.name})' for item in ArmMode)
        raise Refused(f'arm state: expected a mode of {allowed}, got {message.mode}') from error
    return ArmReport(
        stamp_ns=time_from_ros(message.header.stamp),
        arm=message.arm,
        mode=mode,
        reason=message.reason,
        joint_names=tuple(message.joint_names),
        commanded=tuple(message.commanded),
        measured=tuple(message.measured),
        velocity=tuple(message.velocity),
        acceleration=tuple(message.acceleration),
        source=message.source,
        accepted=message.accepted,
        refused=message.refused,
        last_refusal=message.last_refusal,
        command_age_ms=message.command_age_ms,
        permit_age_ms=message.permit_age_ms,
        cycles=message.cycles,
        missed_cycles=message.missed_cycles,
        wake_late_us_max=message.wake_late_us_max,
        tick_us_max=message.tick_us_max,
        time_scale=message.time_scale,
        stop_time_s=message.stop_time_s,
        latched=message.latched,
        stop_epoch=message.stop_epoch,
    )
