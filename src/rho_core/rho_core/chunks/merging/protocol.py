# SPDX-License-Identifier: Apache-2.0
"""What a way of joining chunks must do."""

from __future__ import annotations

from typing import Protocol

from rho_core.chunks.action_chunk import ActionChunk


class ChunkMerger(Protocol):
    """Joins each new chunk with its predecessors. Rows keep the times of the new chunk."""

    def merge(self, new: ActionChunk) -> ActionChunk:
        """Returns what to execute from now on, with the stamp and the rows' times of `new`.

        Args:
            new: What the policy wants, its rows of the past removed.
        """
        ...

    def reset(self) -> None:
        """Forgets everything: what comes next has no predecessor."""
        ...
