# SPDX-License-Identifier: Apache-2.0
"""The newest chunk counts alone."""

from __future__ import annotations

from rho_core.chunks.action_chunk import ActionChunk


class Replace:
    """Takes the new chunk as it is; the arm controller's splice makes the switch smooth."""

    def merge(self, new: ActionChunk) -> ActionChunk:
        """Returns the new chunk."""
        return new

    def reset(self) -> None:
        """Has nothing to forget."""
