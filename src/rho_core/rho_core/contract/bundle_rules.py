# SPDX-License-Identifier: Apache-2.0
"""Rules that tie the parts of a bundle together: roles, references, shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rho_core.contract.findings import Findings
from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import InstructionStream
from rho_core.contract.streams import JointStream
from rho_core.contract.strict import listing
from rho_core.contract.strict import suggestion

if TYPE_CHECKING:
    from rho_core.contract.bundle import BundleManifest


def cross_check(manifest: BundleManifest, findings: Findings) -> None:
    """Notes every reference that leads nowhere and every shape that disagrees."""
    _check_roles(manifest, findings)
    _check_instruction(manifest, findings)
    _check_inputs(manifest, findings)
    _check_action(manifest, findings)


def feeds(manifest: BundleManifest, graph: str) -> dict[str, tuple[int, ...]]:
    """Returns what may feed the inputs of a graph, with its shape."""
    sources: dict[str, tuple[int, ...]] = {
        stream.name: stream.shape
        for stream in manifest.sampled_streams
        if graph != 'action' or not isinstance(stream, ImageStream)
    }
    earlier = ('instruction',) if graph == 'context' else ('instruction', 'context')
    for role in earlier:
        for name, shape in getattr(manifest.graphs, role).outputs.items():
            sources[f'{role}.{name}'] = shape
    return sources


def _roles_used(manifest: BundleManifest) -> Iterator[tuple[str, str]]:
    graphs = manifest.graphs
    yield 'graphs.instruction.file', graphs.instruction.file
    yield 'graphs.instruction.tokenizer', graphs.instruction.tokenizer
    yield 'graphs.context.file', graphs.context.file
    yield 'graphs.action.file', graphs.action.file
    yield 'golden.file', manifest.golden.file


def _check_roles(manifest: BundleManifest, findings: Findings) -> None:
    used = set()
    for path, role in _roles_used(manifest):
        used.add(role)
        if role not in manifest.files:
            hint = suggestion(role, manifest.files)
            findings.add(path, f"no file '{role}'; files has: {listing(manifest.files)}{hint}")
    for role in manifest.files:
        if role not in used:
            findings.add(f'files.{role}', 'is used by no graph and not by golden; remove it')


def _check_instruction(manifest: BundleManifest, findings: Findings) -> None:
    texts = [one.name for one in manifest.streams if isinstance(one, InstructionStream)]
    if len(texts) != 1:
        findings.add('streams', f'expected one stream of kind instruction, got {len(texts)}')
    elif manifest.graphs.instruction.stream != texts[0]:
        findings.add(
            'graphs.instruction.stream',
            f"expected '{texts[0]}', got '{manifest.graphs.instruction.stream}'",
        )


def _check_inputs(manifest: BundleManifest, findings: Findings) -> None:
    used = set()
    for role in ('context', 'action'):
        allowed = feeds(manifest, role)
        for name, source in getattr(manifest.graphs, role).inputs.items():
            used.add(source)
            if source not in allowed:
                hint = suggestion(source, allowed)
                findings.add(
                    f'graphs.{role}.inputs.{name}',
                    f"'{source}' cannot feed it; allowed: {listing(allowed)}{hint}",
                )
    for index, stream in enumerate(manifest.streams):
        if stream.name not in used and not isinstance(stream, InstructionStream):
            findings.add(f'streams.{index}', f"'{stream.name}' feeds no graph; remove it")
    if not any(isinstance(one, ImageStream) for one in manifest.inputs_of('context')):
        findings.add('graphs.context.inputs', 'expected at least one stream of kind image')
    if not any(isinstance(one, JointStream) for one in manifest.inputs_of('action')):
        findings.add('graphs.action.inputs', 'expected a stream of kind joint')


def _check_action(manifest: BundleManifest, findings: Findings) -> None:
    action = manifest.action
    outputs = {f'action.{name}': shape for name, shape in manifest.graphs.action.outputs.items()}
    expected = (1, action.horizon, len(action.joints))
    if action.output not in outputs:
        findings.add('action.output', f"no output '{action.output}'; allowed: {listing(outputs)}")
    elif outputs[action.output] != expected:
        findings.add(
            f'graphs.action.outputs.{action.output.removeprefix("action.")}',
            f'expected {list(expected)} (1, horizon, joints), got {list(outputs[action.output])}',
        )
    measured = {
        joint
        for stream in manifest.inputs_of('action')
        if isinstance(stream, JointStream) and 'position' in stream.fields
        for joint in stream.joints
    }
    missing = [joint for joint in action.joints if joint not in measured]
    if missing:
        findings.add(
            'action.joints',
            f'{", ".join(missing)}: not measured by any joint stream with positions that the '
            f'action graph reads; measured: {listing(measured)}{suggestion(missing[0], measured)}',
        )
