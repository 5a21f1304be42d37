# SPDX-License-Identifier: Apache-2.0
"""What the watchdog wants to know of the geometry guard's judgement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryStatus:
    """Value of an observation of role GEOMETRY, out of a GeometryState.

    The tuples are taken as they came: the watchdog itself finds out whether they make sense.

    Attributes:
        arms: names of the arms that were judged.
        speed_scales: how fast each arm may go, in [0, 1].
        blocked: whether each arm is closer than allowed.
        detail: the closest pair and its margin, for a person.
    """

    arms: tuple[str, ...]
    speed_scales: tuple[float, ...]
    blocked: tuple[bool, ...]
    detail: str = ''
