# SPDX-License-Identifier: Apache-2.0
"""Reports of the policy."""

from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.chunks.report import StreamReport
from rho_core.errors import Refused
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import StreamAge
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


def policy_status_to_ros(report: PolicyReport) -> PolicyStatus:
    """Makes a report a message."""
    message = PolicyStatus(
        bundle_id=report.bundle_id,
        bundle_sha256=report.bundle_sha256,
        instruction=report.instruction,
        mode=int(report.mode),
        reason=report.reason,
        context_age_ms=report.context_age_ms,
        streams=[
            StreamAge(
                name=stream.name, age_ms=stream.age_ms, ok=stream.ok, problem=stream.problem
            )
            for stream in report.streams
        ],
        instruction_ms=report.instruction_ms,
        context_ms=report.context_ms,
        action_ms=report.action_ms,
        overhead_ms=report.overhead_ms,
        executed_delay=report.executed_delay,
        seam=report.seam,
        chunk_seq=report.chunk_seq,
        missed_ticks=report.missed_ticks,
    )
    message.header.stamp = time_to_ros(report.stamp_ns)
    return message


def policy_status_from_ros(message: PolicyStatus) -> PolicyReport:
    """Reads a report.

    Raises:
        Refused: the mode has no meaning.
    """
    try:
        mode = PolicyMode(message.mode)
    except ValueError as error:
        allowed = ', '.join(f'{item.value} ({item.name})' for item in PolicyMode)
        raise Refused(
            f'policy status: expected a mode of {allowed}, got {message.mode}'
        ) from error
    return PolicyReport(
        stamp_ns=time_from_ros(message.header.stamp),
        bundle_id=message.bundle_id,
        bundle_sha256=message.bundle_sha256,
        instruction=message.instruction,
        mode=mode,
        reason=message.reason,
        context_age_ms=message.context_age_ms,
        streams=tuple(
            StreamReport(name=stream.name, age_ms=stream.age_ms, problem=stream.problem)
            for stream in message.streams
        ),
        instruction_ms=message.instruction_ms,
        context_ms=message.context_ms,
        action_ms=message.action_ms,
        overhead_ms=message.overhead_ms,
        executed_delay=message.executed_delay,
        seam=message.seam,
        chunk_seq=message.chunk_seq,
        missed_ticks=message.missed_ticks,
    )
