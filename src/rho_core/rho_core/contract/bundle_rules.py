# SPDX-License-Identifier: Apache-2.0
"""Rules that tie the parts of a bundle together: roles, references, shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rho_core.contract.feeds import DELAY
from rho_core.contract.feeds import NOISE
from rho_core.contract.feeds import PREVIOUS
from rho_core.contract.feeds import WEIGHTS
from rho_core.contract.feeds import feeds
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
    _check_files(manifest, findings)
    _check_instruction(manifest, findings)
    _check_inputs(manifest, findings)
    _check_optional(manifest, findings)
    _check_action(manifest, findings)
    _check_execution(manifest, findings)
    _check_golden(manifest, findings)


def _files_used(manifest: BundleManifest) -> Iterator[tuple[str, str]]:
    for role in manifest.roles:
        yield f'graphs.{role}.file', getattr(manifest.graphs, role).file
    if manifest.graphs.instruction is not None:
        yield 'graphs.instruction.tokenizer', manifest.graphs.instruction.tokenizer
    yield 'golden.file', manifest.golden.file


def _check_files(manifest: BundleManifest, findings: Findings) -> None:
    used = set()
    for path, role in _files_used(manifest):
        used.add(role)
        if role not in manifest.files:
            hint = suggestion(role, manifest.files)
            findings.add(path, f"no file '{role}'; files has: {listing(manifest.files)}{hint}")
    for role in manifest.files:
        if role not in used:
            findings.add(f'files.{role}', 'is used by no graph and not by golden; remove it')


def _check_instruction(manifest: BundleManifest, findings: Findings) -> None:
    texts = [one.name for one in manifest.streams if isinstance(one, InstructionStream)]
    graph = manifest.graphs.instruction
    expected = 'no' if graph is None else 'one'
    if len(texts) != (0 if graph is None else 1):
        findings.add('streams', f'expected {expected} stream of kind instruction, got '
                                f'{len(texts)}')
    elif graph is not None and graph.stream != texts[0]:
        findings.add(
            'graphs.instruction.stream', f"expected '{texts[0]}', got '{graph.stream}'"
        )


def _check_inputs(manifest: BundleManifest, findings: Findings) -> None:
    used = set()
    for role in manifest.roles:
        if role == 'instruction':
            continue
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
    if manifest.graphs.context is not None and not any(
        isinstance(one, ImageStream) for one in manifest.inputs_of('context')
    ):
        findings.add('graphs.context.inputs', 'expected at least one stream of kind image')
    if not any(isinstance(one, JointStream) for one in manifest.inputs_of('action')):
        findings.add('graphs.action.inputs', 'expected a stream of kind joint')


def _check_optional(manifest: BundleManifest, findings: Findings) -> None:
    """A graph that may lack an input must be told when it does."""
    for role in ('context', 'action'):
        graph = getattr(manifest.graphs, role)
        sources = () if graph is None else graph.inputs.values()
        for stream in manifest.sampled_streams:
            if stream.required or stream.name not in sources:
                continue
            if f'{stream.name}.mask' not in sources:
                findings.add(
                    f'graphs.{role}.inputs',
                    f"'{stream.name}' is not required: expected an input fed by "
                    f"'{stream.name}.mask'",
                )


def _check_action(manifest: BundleManifest, findings: Findings) -> None:
    action = manifest.action
    outputs = {f'action.{name}': shape for name, shape in manifest.graphs.action.outputs.items()}
    expected = action.output_shape
    if action.output not in outputs:
        findings.add('action.output', f"no output '{action.output}'; allowed: {listing(outputs)}")
    elif outputs[action.output] != expected:
        names = '(1, horizon, joints)' if len(expected) == 3 else '(1, horizon)'
        findings.add(
            f'graphs.action.outputs.{action.output.removeprefix("action.")}',
            f'expected {list(expected)} {names}, got {list(outputs[action.output])}',
        )
    measured = {
        joint
        for stream in manifest.inputs_of('action')
        if isinstance(stream, JointStream) and stream.required and 'position' in stream.fields
        for joint in stream.joints
    }
    missing = [joint for joint in action.joints if joint not in measured]
    if missing:
        findings.add(
            'action.joints',
            f'{", ".join(missing)}: not measured by any joint stream with positions that the '
            f'action graph reads; measured: {listing(measured)}{suggestion(missing[0], measured)}',
        )
    takes_noise = NOISE in manifest.graphs.action.inputs.values()
    if takes_noise != (action.sampler is not None):
        findings.add(
            'action.sampler',
            f"missing: an input of the action graph is fed by '{NOISE}'" if takes_noise
            else f"expected an input of the action graph fed by '{NOISE}', there is none",
        )


def _check_execution(manifest: BundleManifest, findings: Findings) -> None:
    execution, action = manifest.execution, manifest.action
    unknown = [name for name in execution.never_blended if name not in action.joints]
    if unknown:
        findings.add('execution.never_blended',
                     f'no joint {", ".join(unknown)}; the action has: {listing(action.joints)}')
    problem = merge_problem(manifest)
    if problem:
        findings.add('execution.merge', problem)


def merge_problem(manifest: BundleManifest) -> str:
    """Returns why the bundle's graph or decoder cannot do the merge it asks for, or nothing."""
    merge, action = manifest.execution.merge, manifest.action
    if merge == 'replace':
        return ''
    if action.decode != 'continuous':
        return 'expected replace: values of tokens are never mixed'
    if merge.kind != 'rtc':
        return ''
    sources = set(manifest.graphs.action.inputs.values())
    if PREVIOUS not in sources or not sources & {WEIGHTS, DELAY}:
        return (f"rtc needs inputs of the action graph fed by '{PREVIOUS}' and by '{WEIGHTS}' or "
                f"'{DELAY}', it has: {listing(sources)}")
    if not merge.executed <= action.horizon - 1:
        return f'executed: expected at most horizon - 1 = {action.horizon - 1}, got ' \
               f'{merge.executed}'
    return ''


def _check_golden(manifest: BundleManifest, findings: Findings) -> None:
    for role in ('instruction', 'context'):
        has_graph = role in manifest.roles
        if has_graph != (getattr(manifest.golden.tolerance, role) is not None):
            findings.add(f'golden.tolerance.{role}',
                         'missing' if has_graph else 'expected none, there is no such graph')
    if ('instruction' in manifest.roles) != (manifest.golden.instruction is not None):
        findings.add('golden.instruction', 'missing' if manifest.golden.instruction is None
                     else 'expected none, there is no instruction graph')
