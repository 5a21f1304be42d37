# SPDX-License-Identifier: Apache-2.0
"""Judgements of the geometry guard."""

from rho_core.errors import Refused
from rho_core.geometry.verdict import GeometryVerdict
from rho_interfaces.msg import GeometryState
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


def geometry_to_ros(verdict: GeometryVerdict, check_ms: float) -> GeometryState:
    """Makes a judgement a message.

    Args:
        verdict: the judgement.
        check_ms: time that it took [ms].
    """
    message = GeometryState(
        seq=verdict.seq,
        arms=list(verdict.arms),
        speed_scales=list(verdict.speed_scales),
        blocked=list(verdict.blocked),
        margin_m=verdict.margin_m,
        closest=verdict.closest,
        tip_speeds=list(verdict.tip_speeds),
        check_ms=check_ms,
    )
    message.header.stamp = time_to_ros(verdict.stamp_ns)
    return message


def geometry_from_ros(message: GeometryState) -> GeometryVerdict:
    """Reads a judgement.

    Raises:
        Refused: the arrays per arm do not match.
    """
    arms = tuple(message.arms)
    lengths = {len(message.speed_scales), len(message.blocked), len(message.tip_speeds)}
    if not arms or lengths != {len(arms)}:
        raise Refused(
            f'geometry state: expected a scale, a verdict and a tip speed per arm, got '
            f'{len(arms)} arms, {len(message.speed_scales)} scales, {len(message.blocked)} '
            f'verdicts, {len(message.tip_speeds)} tip speeds'
        )
    return GeometryVerdict(
        stamp_ns=time_from_ros(message.header.stamp),
        seq=message.seq,
        arms=arms,
        speed_scales=tuple(message.speed_scales),
        blocked=tuple(message.blocked),
        margin_m=message.margin_m,
        closest=message.closest,
        tip_speeds=tuple(message.tip_speeds),
    )
