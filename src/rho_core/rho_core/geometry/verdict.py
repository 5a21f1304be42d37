# SPDX-License-Identifier: Apache-2.0
"""A judgement of the geometry guard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryVerdict:
    """What the arms may do, field by field that of GeometryState.msg.

    Attributes:
        stamp_ns: when it was judged [ns, ROS time].
        seq: counts judgements from 0.
        arms: names of the arms, order of the tuples below.
        speed_scales: how fast each arm may go, 0: it must stop.
        blocked: whether each arm is closer than allowed, or could not stop before.
        margin_m: smallest distance minus the distance to keep, that of the arms to each other
            while it slows them down.
        closest: the pair with that margin.
        tip_speeds: commanded speed of each tip [m/s].
    """

    stamp_ns: int
    seq: int
    arms: tuple[str, ...]
    speed_scales: tuple[float, ...]
    blocked: tuple[bool, ...]
    margin_m: float
    closest: str
    tip_speeds: tuple[float, ...]
