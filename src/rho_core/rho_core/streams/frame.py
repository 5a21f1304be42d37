# SPDX-License-Identifier: Apache-2.0
"""One observation: a sample of every stream, taken at nearly the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from rho_core.streams.problem import StreamProblem
from rho_core.streams.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedFrame:
    """Samples that fit together.

    Attributes:
        stamp_ns: Reference stamp: time of the observation [ns, ROS time].
        samples: The chosen sample of every stream that is there, by name.
        skew_ns: Latest minus earliest stamp of the chosen samples [ns].
        history: The samples of streams that want several, oldest first, by name.
        absent: Why streams that are not required are not there, by name.
    """

    stamp_ns: int
    samples: Mapping[str, Sample[Any]]
    skew_ns: int
    history: Mapping[str, tuple[Sample[Any], ...]] = field(default_factory=dict)
    absent: Mapping[str, StreamProblem] = field(default_factory=dict)
