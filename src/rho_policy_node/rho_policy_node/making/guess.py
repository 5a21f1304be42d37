# SPDX-License-Identifier: Apache-2.0
"""Finds out what feeds each input of a graph, or says that it cannot be known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rho_core.contract.feeds import DELAY
from rho_core.contract.feeds import GUIDANCE
from rho_core.contract.feeds import NOISE
from rho_core.contract.feeds import PREVIOUS
from rho_core.contract.feeds import WEIGHTS
from rho_policy_node.making.cell_names import CellNames
from rho_policy_node.runtime.session import TensorInfo

EMBEDDING = 'instruction.embedding'

_WORDS = {
    NOISE: ('noise',),
    PREVIOUS: ('previous', 'prev', 'inpainting'),
    WEIGHTS: ('weights', 'prefix'),
    DELAY: ('delay',),
    GUIDANCE: ('guidance', 'beta'),
    EMBEDDING: ('embedding', 'text', 'language', 'instruction'),
}
_TIMING: dict[str, dict[str, float]] = {
    'image': {'deadline_ms': 200.0, 'max_skew_ms': 50.0},
    'joint': {'deadline_ms': 100.0, 'max_skew_ms': 20.0},
    'tactile': {'deadline_ms': 150.0, 'max_skew_ms': 40.0},
}

Tree = dict[str, Any]


def guess_sources(
    inputs: Mapping[str, TensorInfo], cell: CellNames, given: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Returns what feeds the inputs, and what is to be said about those that nobody can know.

    Args:
        inputs: Inputs of a graph.
        cell: What there is.
        given: What the maker said about inputs: a camera, `joints`, `touch`, or a feed.
    """
    sources: dict[str, str] = {}
    unknown: list[str] = []
    for name, info in inputs.items():
        source = given.get(name) or _guess(name, info, cell)
        if source is None:
            unknown.append(f'{name}: {info.dtype} {list(info.shape)}')
        else:
            sources[name] = source
    return sources, unknown


def stream_of(source: str, info: TensorInfo, cell: CellNames) -> Tree | None:
    """Returns the stream of a source as the manifest has it, None when it is none."""
    shape = [size or 1 for size in info.shape]
    if source in cell.cameras:
        return {'name': source, 'kind': 'image', 'camera': source, 'shape': shape, 'unit': 'rgb8',
                'normalisation': 'none', **_TIMING['image']}
    if source == 'joints':
        fields = ['position', 'velocity'][:max(1, shape[-1] // len(cell.joints))]
        return {'name': 'joints', 'kind': 'joint', 'joints': list(cell.joints), 'fields': fields,
                'shape': shape, 'unit': 'si', 'normalisation': 'none', **_TIMING['joint']}
    if source == 'touch':
        return {'name': 'touch', 'kind': 'tactile', 'sensors': list(cell.sensors), 'shape': shape,
                'unit': 'uT', 'normalisation': 'none', **_TIMING['tactile']}
    return None


def _guess(name: str, info: TensorInfo, cell: CellNames) -> str | None:
    words = set(re.split(r'[^a-z0-9]+', name.lower()))
    rank = len(info.shape)
    if rank == 4 and info.dtype == 'uint8':
        return _camera(name, cell)
    for feed, signs in _WORDS.items():
        if words & set(signs):
            return feed
    if rank == 4 and tuple(info.shape[1:]) == (len(cell.sensors), *cell.taxels):
        return 'touch'
    if rank == 2 and info.shape[1] in (len(cell.joints), 2 * len(cell.joints)):
        return 'joints'
    return None


def _camera(name: str, cell: CellNames) -> str | None:
    # The longest one first: `left_wrist` before a camera that is called `wrist`.
    fitting = sorted((one for one in cell.cameras if one in name.lower()), key=len)
    if fitting:
        return fitting[-1]
    return cell.cameras[0] if len(cell.cameras) == 1 else None
