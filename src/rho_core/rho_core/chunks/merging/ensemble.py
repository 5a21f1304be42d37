# SPDX-License-Identifier: Apache-2.0
"""Temporal ensembling: every row is the mean of all that was ever predicted for its time.

Zhao et al., "Learning Fine-Grained Bimanual Manipulation with Low-Cost Hardware" (ACT), 2023.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.resample import positions_at
from rho_core.chunks.resample import row_stamps_ns
from rho_core.errors import ConfigError


class Ensemble:
    """Weighs the predictions for a time with exp(-decay i), i = 0 for the oldest one.

    Chunks of any phase count: those before are read at the times of the newest one's rows. Joints
    that must not take values between two intentions always follow the newest chunk.
    """

    def __init__(
        self, *, decay: float = 0.01, most: int = 16, never: Collection[str] = ()
    ) -> None:
        """Create an ensemble without members.

        Args:
            decay: Loss of weight from one prediction to the next, 0: all count the same.
            most: Chunks that are remembered.
            never: Joints that are not averaged.

        Raises:
            ConfigError: If the decay is negative or not finite, or fewer than two chunks count.
        """
        if not (math.isfinite(decay) and decay >= 0):
            raise ConfigError(f'expected a finite number >= 0, got {decay}', 'decay')
        if most < 2:
            raise ConfigError(f'expected at least 2 chunks, got {most}', 'most')
        self._decay = decay
        self._never = frozenset(never)
        self._members: deque[ActionChunk] = deque(maxlen=most)

    def merge(self, new: ActionChunk) -> ActionChunk:
        """Returns the mean of the new chunk and all before it that reach into its time."""
        stamps_ns = row_stamps_ns(new)
        while self._members and self._members[0].end_ns < new.stamp_ns:
            self._members.popleft()
        self._members.append(new)
        total = np.zeros_like(new.positions)
        weights = np.zeros(len(stamps_ns))
        age = np.zeros(len(stamps_ns))
        for member in self._members:
            rows, covered = positions_at(member.select(new.joint_names), stamps_ns)
            weight = np.where(covered, np.exp(-self._decay * age), 0.0)
            total += weight[:, None] * rows
            weights += weight
            age += covered
        mean = total / weights[:, None]
        is_kept = np.array([name in self._never for name in new.joint_names])
        return replace(new, positions=np.where(is_kept, new.positions, mean))

    def reset(self) -> None:
        """Forgets all members."""
        self._members.clear()
