# SPDX-License-Identifier: Apache-2.0
"""What may feed the inputs of a bundle's graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rho_core.contract.streams import ImageStream

if TYPE_CHECKING:
    from rho_core.contract.bundle import BundleManifest
    from rho_core.contract.bundle import Role

NOISE = 'action.noise'
"""Start of the sampler."""
PREVIOUS = 'action.previous'
"""Chunk in execution at the times of the new rows, normalised as the graph puts it out."""
WEIGHTS = 'action.weights'
"""How strongly each row is held to the chunk in execution."""
DELAY = 'action.delay'
"""Rows that will have been executed when the new chunk comes."""
GUIDANCE = 'action.guidance'
"""Upper bound of the gain, 0 without a chunk in execution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Element type (numpy name) and shape of what feeds an input."""

    dtype: str
    shape: tuple[int, ...]


def feeds(manifest: BundleManifest, role: Role) -> dict[str, Feed]:
    """Returns what may feed the inputs of the context or action graph, by name."""
    sees = role == 'context' or manifest.graphs.context is None
    found: dict[str, Feed] = {}
    for stream in manifest.sampled_streams:
        dtype = stream.dtype if isinstance(stream, ImageStream) else 'float32'
        if dtype != 'float32' and not sees:
            continue
        found[stream.name] = Feed(dtype=dtype, shape=stream.shape)
        if not stream.required:
            found[f'{stream.name}.mask'] = Feed(dtype='float32', shape=(1, 1))
    for earlier in ('instruction',) if role == 'context' else ('instruction', 'context'):
        graph = getattr(manifest.graphs, earlier)
        for name, shape in () if graph is None else graph.outputs.items():
            found[f'{earlier}.{name}'] = Feed(dtype='float32', shape=shape)
    return found | (_chunk_feeds(manifest) if role == 'action' else {})


def _chunk_feeds(manifest: BundleManifest) -> dict[str, Feed]:
    action = manifest.action
    if action.decode != 'continuous':
        return {}
    shape = action.output_shape
    return {
        NOISE: Feed(dtype='float32', shape=shape),
        PREVIOUS: Feed(dtype='float32', shape=shape),
        WEIGHTS: Feed(dtype='float32', shape=(1, action.horizon)),
        DELAY: Feed(dtype='int64', shape=(1,)),
        GUIDANCE: Feed(dtype='float32', shape=(1,)),
    }
