# SPDX-License-Identifier: Apache-2.0
"""Damaged manifests and graphs: the declared error or a sound result, never anything else."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.bundle import parse_manifest
from rho_core.contract.findings import Findings
from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml
from rho_core.errors import ConfigError
from rho_core.properties import SAFETY_CASES
from rho_policy_node.runtime.bundle import load_bundle
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.signature import check_signature
from rho_policy_node.testing_flow import make_flow_bundle

onnx = pytest.importorskip('onnx', reason='damages graphs with onnx')

# 3500 in all in CI, more than 100,000 with `./rho test --slow`.
BYTES = 2 * SAFETY_CASES + 500
STRUCTURES = 2 * SAFETY_CASES + 500
METADATA = SAFETY_CASES

ODD = [None, True, -1, 0, 1, 2**63, 1e300, -0.0, '', 'none', '../x', '\u0000', [], {}, [[]],
       {'kind': 'rtc'}, 'action.noise', 'body', ['x', 'x'], [1, 16, 2]]


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_flow_bundle(
        tmp_path_factory.mktemp('fuzz') / 'flow',
        {'mode': 'asynchronous', 'merge': {'kind': 'rtc', 'executed': 4}},
    )


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree, inner ones too."""
    items: Any = ()
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, list):
        items = enumerate(tree)
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def damage_structure(tree: Any, rng: random.Random) -> None:
    """Replaces, removes, renames or doubles something."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        path = rng.choice(list(places(tree)))
        owner = tree
        for key in path[:-1]:
            owner = owner[key]
        kind = rng.randrange(4)
        if kind == 0:
            owner[path[-1]] = copy.deepcopy(rng.choice(ODD))
        elif kind == 1:
            del owner[path[-1]]
        elif isinstance(owner, dict):
            owner[rng.choice(['x', str(path[-1]) + '_', 'kind', 'shape'])] = owner[path[-1]]
        else:
            owner.append(copy.deepcopy(owner[path[-1]]))
        if not tree:
            return


def damage_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flips, cuts out, doubles or inserts bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(changed) or 1)
        kind = rng.randrange(4)
        if kind == 0 and changed:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del changed[at:at + rng.randrange(1, 30)]
        elif kind == 2:
            changed[at:at] = changed[at:at + rng.randrange(1, 30)]
        else:
            changed[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 5)))
    return bytes(changed)


@pytest.mark.timeout(1800)
def test_any_bytes_are_a_sound_manifest_or_the_declared_error(folder: Path) -> None:
    original = (folder / 'bundle.yaml').read_bytes()
    rng = random.Random(1)
    refused = 0
    for _ in range(BYTES):
        text = damage_bytes(original, rng).decode('utf-8', errors='replace')
        try:
            assert isinstance(parse_manifest(text), BundleManifest)
        except ConfigError:
            refused += 1
    assert refused > BYTES // 2


@pytest.mark.timeout(1800)
def test_any_structure_is_a_sound_manifest_or_the_declared_error(folder: Path) -> None:
    original = load_yaml(folder / 'bundle.yaml')
    rng = random.Random(2)
    refused = 0
    for _ in range(STRUCTURES):
        tree = copy.deepcopy(original)
        damage_structure(tree, rng)
        try:
            assert isinstance(build(BundleManifest, tree), BundleManifest)
        except ConfigError:
            refused += 1
    assert refused > STRUCTURES // 2


def damage_metadata(model: Any, rng: random.Random) -> None:
    """Changes names, element types, sizes, operator sets or attributes of a graph."""
    graph = model.graph
    kind = rng.randrange(6)
    tensor = rng.choice([*graph.input, *graph.output])
    if kind == 0:
        tensor.name = rng.choice(['', 'x', 'body', 'chunk', 'noise', '\u00e9'])
    elif kind == 1:
        tensor.type.tensor_type.elem_type = rng.randrange(0, 25)
    elif kind == 2 and tensor.type.tensor_type.shape.dim:
        dim = rng.choice(list(tensor.type.tensor_type.shape.dim))
        dim.dim_value = rng.choice([-1, 0, 1, 3, 2**31, 2**62])
    elif kind == 3:
        del graph.node[rng.randrange(len(graph.node))]
    elif kind == 4:
        model.opset_import[0].version = rng.choice([-1, 0, 1, 13, 99])
    else:
        node = rng.choice(list(graph.node))
        node.op_type = rng.choice(['Add', 'MatMul', 'Nonsense', 'Sigmoid', 'Reshape'])


@pytest.mark.timeout(1800)
def test_any_graph_is_sound_or_gives_the_declared_error(folder: Path) -> None:
    manifest = load_bundle(folder).manifest
    original = (folder / 'action.onnx').read_bytes()
    rng = random.Random(3)
    refused = 0
    for _ in range(METADATA):
        model = onnx.load_from_string(original)
        damage_metadata(model, rng)
        findings = Findings()
        try:
            session = OnnxSession(model.SerializeToString(), 'action')
            check_signature(manifest, 'action', session, findings)
            findings.raise_if_any()
        except ConfigError:
            refused += 1
    assert refused > METADATA // 4


def test_the_undamaged_bundle_opens(folder: Path) -> None:
    assert open_policy(folder).manifest.name == 'flow'
