# SPDX-License-Identifier: Apache-2.0
"""Compares what a graph takes and gives with what the manifest says it does."""

from __future__ import annotations

from collections.abc import Mapping

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.bundle import Role
from rho_core.contract.feeds import feeds
from rho_core.contract.findings import Findings
from rho_core.contract.graphs import TextGraph
from rho_core.contract.strict import listing
from rho_core.contract.strict import suggestion
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.session import TensorInfo


def check_text_signature(graph: TextGraph, session: OnnxSession, findings: Findings) -> None:
    """Compares the instruction graph: int64 token rows in, one vector per token out."""
    tokens = TensorInfo(dtype='int64', shape=(1, None))
    hidden = TensorInfo(dtype='float32', shape=(1, None, graph.size))
    path = 'graphs.instruction'
    _compare(dict.fromkeys(graph.inputs, tokens), session.inputs, f'{path}.inputs', findings)
    outputs = {name: info for name, info in session.outputs.items() if name == graph.hidden}
    if not outputs:
        findings.add(
            f'{path}.hidden',
            f"the graph has no output '{graph.hidden}'; it has: {listing(session.outputs)}"
            f'{suggestion(graph.hidden, session.outputs)}',
        )
    else:
        _compare({graph.hidden: hidden}, outputs, path, findings)


def check_signature(
    manifest: BundleManifest, role: Role, session: OnnxSession, findings: Findings
) -> None:
    """Compares the context or action graph."""
    graph = getattr(manifest.graphs, role)
    known = feeds(manifest, role)
    inputs = {
        name: TensorInfo(dtype=known[source].dtype, shape=known[source].shape)
        for name, source in graph.inputs.items()
    }
    outputs = {
        name: TensorInfo(dtype='float32', shape=shape) for name, shape in graph.outputs.items()
    }
    if role == 'action':
        name = manifest.action.output.removeprefix('action.')
        allowed = manifest.action.output_dtypes
        found = session.outputs.get(name)
        dtype = found.dtype if found is not None and found.dtype in allowed else allowed[0]
        outputs[name] = TensorInfo(dtype=dtype, shape=graph.outputs[name])
    _compare(inputs, session.inputs, f'graphs.{role}.inputs', findings)
    _compare(outputs, session.outputs, f'graphs.{role}.outputs', findings)


def _compare(
    declared: Mapping[str, TensorInfo],
    found: Mapping[str, TensorInfo],
    path: str,
    findings: Findings,
) -> None:
    for name in found:
        if name not in declared:
            findings.add(f'{path}.{name}', 'missing: the graph has it')
    for name, expected in declared.items():
        actual = found.get(name)
        if actual is None:
            findings.add(
                f'{path}.{name}',
                f'the graph has no such tensor; it has: {listing(found)}{suggestion(name, found)}',
            )
        elif actual.dtype != expected.dtype:
            findings.add(
                f'{path}.{name}', f'expected {expected.dtype}, the graph has {actual.dtype}'
            )
        elif not _agree(expected.shape, actual.shape):
            findings.add(
                f'{path}.{name}',
                f'expected shape {_text(expected.shape)}, the graph has {_text(actual.shape)}',
            )


def _agree(expected: tuple[int | None, ...], actual: tuple[int | None, ...]) -> bool:
    return len(expected) == len(actual) and all(
        want is None or has is None or want == has
        for want, has in zip(expected, actual, strict=True)
    )


def _text(shape: tuple[int | None, ...]) -> str:
    return '[' + ', '.join('any' if size is None else str(size) for size in shape) + ']'
