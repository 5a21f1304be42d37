# SPDX-License-Identifier: Apache-2.0
"""Measured joint positions of one arm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Where the joints are, in the order of the arm's limits.

    Attributes:
        stamp_ns: time of measurement [ns, ROS time].
        received_ns: when it was received [ns, steady clock].
        positions: one per joint [rad, m].
    """

    stamp_ns: int
    received_ns: int
    positions: tuple[float, ...]
