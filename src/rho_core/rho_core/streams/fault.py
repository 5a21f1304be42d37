# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a stream."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """What is wrong; the values end the names of causes."""

    NEVER = 'never'
    """Nothing was received since the start."""
    LATE = 'late'
    """The newest sample is too old."""
    FUTURE = 'future'
    """The newest stamp lies ahead of the clock."""
    FAULTY = 'faulty'
    """The source calls its sample unusable, or the sample lacks what a rule needs."""
    FROZEN = 'frozen'
    """Samples arrive and always carry the same."""
    GAP = 'gap'
    """Numbers are missing: samples were lost."""
    ORDER = 'order'
    """A number or stamp is not later than the one before: reordered or replayed."""
    RATE = 'rate'
    """Fewer samples per second than promised."""
    SKEW = 'skew'
    """Two streams that belong together are apart in time."""
    LOAD = 'load'
    """Touch, force or torque is above the limit that asks for care."""
    OVERLOAD = 'overload'
    """Touch, force or torque is above its limit."""
    PRESSED = 'pressed'
    """The emergency stop is pressed."""
    STOPPED = 'stopped'
    """An arm's controller stopped it by itself."""
    NEAR = 'near'
    """An arm is near something: it must go slowly."""
    BLOCKED = 'blocked'
    """An arm is nearer to something than allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFault:
    """What is wrong with a stream now.

    Attributes:
        kind: kind of fault.
        detail: expected and got, for a person.
        part: which of several things in the stream, e.g. the arm in a judgement about all arms.
        speed_scale: speed that this fault leaves, in [0, 1]; None: as the rule says.
    """

    kind: FaultKind
    detail: str
    part: str = ''
    speed_scale: float | None = None
