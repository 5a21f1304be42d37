# SPDX-License-Identifier: Apache-2.0
"""From what a bundle or a parameter says to the object that does it."""

from __future__ import annotations

from rho_core.chunks.merging.blend import Blend
from rho_core.chunks.merging.ensemble import Ensemble
from rho_core.chunks.merging.protocol import ChunkMerger
from rho_core.chunks.merging.replace import Replace
from rho_core.contract.execution import BlendSpec
from rho_core.contract.execution import EnsembleSpec
from rho_core.contract.execution import ExecutionSpec


def make_merger(execution: ExecutionSpec) -> ChunkMerger:
    """Returns the merger; with real-time chunking the graph itself has done the work."""
    merge, never = execution.merge, execution.never_blended
    if isinstance(merge, BlendSpec):
        return Blend(rows=merge.rows, never=never)
    if isinstance(merge, EnsembleSpec):
        return Ensemble(decay=merge.decay, most=merge.most, never=never)
    return Replace()
