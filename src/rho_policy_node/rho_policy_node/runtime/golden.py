# SPDX-License-Identifier: Apache-2.0
"""The golden sample: proof that the graphs do here what they did at their maker's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.findings import Findings
from rho_core.contract.strict import listing
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_policy_node.runtime.session import OnnxSession

GoldenArrays = dict[str, NDArray[Any]]

EMBEDDING = 'instruction.embedding'


def array_names(manifest: BundleManifest) -> tuple[str, ...]:
    """Returns the names of the arrays that the golden file of a bundle has."""
    names = [EMBEDDING] if manifest.graphs.instruction is not None else []
    for role in manifest.roles:
        if role == 'instruction':
            continue
        graph = getattr(manifest.graphs, role)
        names += [f'{role}.input.{name}' for name in graph.inputs]
        names += [f'{role}.output.{name}' for name in graph.outputs]
    return tuple(names)


def read_golden(manifest: BundleManifest, content: bytes) -> GoldenArrays:
    """Reads the golden file; nothing in it is ever unpickled.

    Raises:
        ConfigError: If it is no npz file, or has other arrays than it should have.
    """
    path = f'files.{manifest.golden.file}'
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(f'not a plain npz file: {error}', path) from error
    expected = array_names(manifest)
    findings = Findings()
    for name in expected:
        if name not in arrays:
            findings.add(path, f"lacks the array '{name}'; it has: {listing(arrays)}")
    for name in arrays:
        if name not in expected:
            findings.add(path, f"unknown array '{name}'; allowed: {listing(expected)}")
    findings.raise_if_any()
    return arrays


def check_embedding(
    manifest: BundleManifest,
    arrays: GoldenArrays,
    embed: Callable[[str], NDArray[Any]],
    findings: Findings,
) -> None:
    """Embeds the golden instruction and compares."""
    try:
        actual = embed(manifest.golden.instruction or '')
    except Refused as error:
        findings.add('golden.instruction', str(error))
        return
    tolerance = manifest.golden.tolerance.instruction or 0.0
    _compare(EMBEDDING, arrays[EMBEDDING], actual, tolerance, findings)


def check_graph(
    manifest: BundleManifest,
    arrays: GoldenArrays,
    role: str,
    session: OnnxSession,
    findings: Findings,
) -> None:
    """Runs the context or action graph on its stored inputs and compares."""
    graph = getattr(manifest.graphs, role)
    tolerance: float = getattr(manifest.golden.tolerance, role)
    try:
        outputs = session.run({name: arrays[f'{role}.input.{name}'] for name in graph.inputs})
    except Refused as error:
        findings.add('golden', str(error))
        return
    for name in graph.outputs:
        key = f'{role}.output.{name}'
        _compare(key, arrays[key], outputs[name], tolerance, findings)


def _compare(
    key: str,
    expected: NDArray[Any],
    actual: NDArray[Any],
    tolerance: float,
    findings: Findings,
) -> None:
    if expected.shape != actual.shape:
        findings.add(
            'golden', f'{key}: expected shape {list(expected.shape)}, got {list(actual.shape)}'
        )
        return
    if actual.dtype.kind != 'f':
        if not np.array_equal(expected, actual):
            findings.add('golden', f'{key}: expected {expected.tolist()}, got {actual.tolist()}')
        return
    if expected.dtype.kind not in 'fiu':
        findings.add('golden', f'{key}: expected numbers, got {expected.dtype}')
        return
    difference = float(np.max(np.abs(expected.astype(np.float64) - actual), initial=0.0))
    # Written so that NaN fails.
    if not difference <= tolerance:
        findings.add(
            'golden', f'{key}: differs by {difference:.3g}, at most {tolerance:g} allowed'
        )
