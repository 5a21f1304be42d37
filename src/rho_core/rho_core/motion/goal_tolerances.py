# SPDX-License-Identifier: Apache-2.0
"""How far an arm may be from a trajectory that it follows as a goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTolerances:
    """Tolerances of a goal; infinite: none, beside the limit of tracking that always holds.

    Attributes:
        path: largest distance of command and measurement on the way, per joint [rad, m].
        goal: largest distance of the last point and the measurement, per joint [rad, m].
        settle_s: time after the last point in which the measurement may come that close [s].
    """

    path: tuple[float, ...]
    goal: tuple[float, ...]
    settle_s: float


def merge_tolerances(
    kind: str,
    asked: Mapping[str, float],
    defaults: Sequence[float],
    names: Sequence[str],
) -> tuple[float, ...]:
    """Put what a client asks for in place of the defaults.

    Args:
        kind: what to call them in an error.
        asked: by joint [rad, m]: 0 leaves the default, -1 removes the tolerance.
        defaults: one per joint [rad, m].
        names: the joints.

    Raises:
        GoalRefused: an unknown joint, or a number without meaning.
    """
    unknown = [name for name in asked if name not in names]
    if unknown:
        raise GoalRefused(GoalCode.INVALID_JOINTS, f'{kind}: joints of this arm are '
                          f'{", ".join(names)}; not of it {", ".join(unknown)}')
    merged = []
    for name, default in zip(names, defaults, strict=True):
        value = asked.get(name, 0.0)
        if value != -1.0 and not 0.0 <= value < math.inf:
            raise GoalRefused(GoalCode.INVALID_GOAL, f'{kind}: {name}: expected a distance > 0, '
                              f'0 (default) or -1 (none), got {value}')
        merged.append(math.inf if value == -1.0 else value or default)
    return tuple(merged)


def farthest(
    wanted: Sequence[float],
    measured: Sequence[float],
    allowed: Sequence[float],
    names: Sequence[str],
) -> str:
    """Return which joint is further away than allowed, empty when none is."""
    for i, limit in enumerate(allowed):
        distance = abs(wanted[i] - measured[i])
        # Written so that a measurement that is not a number is too far away.
        if not distance <= limit:
            return f'{names[i]} is {distance:.4f} away, allowed {limit:.4f}'
    return ''
