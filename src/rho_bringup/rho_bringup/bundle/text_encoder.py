# SPDX-License-Identifier: Apache-2.0
"""The text encoder that a new bundle gets: the one of the shipped bundle, in the same words."""

from pathlib import Path
from typing import Any

import yaml

from rho_bringup.resources import resolve_bundle
from rho_policy_node.runtime.bundle import load_bundle
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.text_encoder import TextEncoder

_SHIPPED = 'buttons'
_TOLERANCE = 0.02


def default_text(sentence: str) -> dict[str, Any]:
    """Return the parts of a manifest that concern the text encoder, and the golden embedding."""
    folder = resolve_bundle(_SHIPPED)
    bundle = load_bundle(folder)
    graph = bundle.manifest.graphs.instruction
    assert graph is not None
    session = OnnxSession(bundle.content[graph.file], 'instruction')
    encoder = TextEncoder(graph, bundle.content[graph.tokenizer], session)
    tree = _tree(folder)
    return {
        'files': {role: tree['files'][role] for role in (graph.file, graph.tokenizer)},
        'graph': tree['graphs']['instruction'],
        'sentence': sentence,
        'embedding': encoder.embed(sentence),
        'tolerance': _TOLERANCE,
    }


def _tree(folder: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((folder / 'bundle.yaml').read_text(encoding='utf-8'))
    return tree
