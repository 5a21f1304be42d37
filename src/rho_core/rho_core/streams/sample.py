# SPDX-License-Identifier: Apache-2.0
"""One sample of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic
from typing import TypeVar

V = TypeVar('V', covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Generic[V]):
    """A value, when it was acquired and when it arrived.

    Attributes:
        stamp_ns: Acquisition [ns, ROS time].
        received_ns: Arrival in this process [ns, steady clock].
        value: What was measured; decoded by whoever uses it.
        seq: Number given by the source, None if it gives none.
        fault: Why the source itself calls the value unusable, empty if it does not.
    """

    stamp_ns: int
    received_ns: int
    value: V
    seq: int | None = None
    fault: str = ''
