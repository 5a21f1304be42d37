# SPDX-License-Identifier: Apache-2.0
"""The score of an episode."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What an operator may know about the episode; it never enters an observation."""

    scored: bool = False
    instruction: str = ''
    success: bool = False
    failed: bool = False
    detail: str = ''
    success_time_s: float = math.nan  # since the reset
