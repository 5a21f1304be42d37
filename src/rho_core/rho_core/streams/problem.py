# SPDX-License-Identifier: Apache-2.0
"""Why a stream cannot be used."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ProblemKind(enum.Enum):
    """What is wrong with a stream."""

    MISSING = 'missing'
    STALE = 'stale'
    NOT_ARRIVING = 'not arriving'
    FUTURE = 'from the future'
    SKEWED = 'skewed'
    FAULTY = 'faulty'


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamProblem:
    """One reason not to run.

    Attributes:
        stream: Name of the stream.
        kind: What is wrong.
        detail: Figures and limit, for people.
    """

    stream: str
    kind: ProblemKind
    detail: str

    def __str__(self) -> str:
        """Return the reason as one phrase."""
        return f'{self.stream} {self.kind.value}: {self.detail}'
