# SPDX-License-Identifier: Apache-2.0
"""From the old chunk to the new one over a few rows, without help from the model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.resample import positions_at
from rho_core.chunks.resample import row_stamps_ns
from rho_core.errors import ConfigError


class Blend:
    """Row i of the result is w old + (1 - w) new at the same time, w falls from 1 to 0.

    w = 1 - (i + 1) / (rows + 1) for the first `rows` rows, then 0. Joints that must not take
    values between two intentions, such as grippers, always follow the new chunk.
    """

    def __init__(self, *, rows: int, never: Collection[str] = ()) -> None:
        """Create a merger without predecessor.

        Args:
            rows: Rows over which the old chunk fades.
            never: Joints that are not blended.

        Raises:
            ConfigError: If there is not at least one row.
        """
        if rows < 1:
            raise ConfigError(f'expected at least 1 row, got {rows}', 'rows')
        self._rows = rows
        self._never = frozenset(never)
        self._old: ActionChunk | None = None

    def merge(self, new: ActionChunk) -> ActionChunk:
        """Returns the blend; past the end of the old chunk the new one counts alone."""
        if self._old is not None:
            before, covered = positions_at(self._old.select(new.joint_names), row_stamps_ns(new))
            count = len(new.positions)
            share = 1.0 - (np.arange(count) + 1.0) / (self._rows + 1.0)
            share = np.where(covered, np.maximum(share, 0.0), 0.0)
            is_blended = np.array([name not in self._never for name in new.joint_names])
            weight = share[:, None] * is_blended
            new = replace(new, positions=weight * before + (1.0 - weight) * new.positions)
        self._old = new
        return new

    def reset(self) -> None:
        """Forgets the old chunk."""
        self._old = None
