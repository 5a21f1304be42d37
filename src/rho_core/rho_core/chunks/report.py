# SPDX-License-Identifier: Apache-2.0
"""What a policy does, for people and for the watchdog."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass


class PolicyMode(enum.IntEnum):
    """Mode of a policy; numbers as in PolicyStatus."""

    LOADING = 0  # bundle not verified yet
    IDLE = 1  # ready, no instruction
    WAITING = 2  # instruction set, no inference or no permit
    RUNNING = 3  # publishes trajectories


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """One input stream.

    Attributes:
        name: Name of the stream in the bundle.
        age_ms: Now minus stamp of the newest sample [ms], NaN: nothing received yet.
        problem: Why it is not usable, empty when it is.
    """

    name: str
    age_ms: float = math.nan
    problem: str = ''

    @property
    def ok(self) -> bool:
        """Whether the stream is usable for inference."""
        return not self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReport:
    """Mirror of PolicyStatus; the fields mean what the message says."""

    stamp_ns: int
    bundle_id: str = ''
    bundle_sha256: str = ''
    instruction: str = ''
    mode: PolicyMode = PolicyMode.LOADING
    reason: str = ''
    context_age_ms: float = math.nan
    streams: tuple[StreamReport, ...] = ()
    instruction_ms: float = math.nan
    context_ms: float = math.nan
    action_ms: float = math.nan
    overhead_ms: float = math.nan
    executed_delay: int = 0
    seam: float = 0.0
    chunk_seq: int = 0
    missed_ticks: int = 0
