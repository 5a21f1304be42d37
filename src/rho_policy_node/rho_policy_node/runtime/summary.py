# SPDX-License-Identifier: Apache-2.0
"""A bundle in a few lines, for people."""

from __future__ import annotations

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.streams import InstructionStream


def summarise(manifest: BundleManifest) -> list[str]:
    """Returns what a bundle reads, runs and moves, one fact per line."""
    lines = [
        f'{manifest.bundle_id}: {manifest.description or "no description"}',
        f'licence {manifest.license}, made for {manifest.embodiment}',
        '',
    ]
    for stream in manifest.streams:
        if isinstance(stream, InstructionStream):
            lines.append(f'  {stream.name:<16} instruction')
            continue
        need = '' if stream.required else ', may be absent'
        past = f', history {list(stream.history_ms)} ms' if stream.history_ms else ''
        lines.append(
            f'  {stream.name:<16} {stream.kind:<8} {list(stream.shape)}, at most '
            f'{stream.deadline_ms:g} ms old{past}{need}'
        )
    lines.append('')
    for role in manifest.roles:
        graph = getattr(manifest.graphs, role)
        lines.append(f'  {role:<12} {manifest.files[graph.file].path}: '
                     f'{", ".join(graph.inputs)} -> {", ".join(graph.outputs)}')
    action, execution = manifest.action, manifest.execution
    decode = action.decode if action.decode == 'continuous' else action.decode.kind
    merge = execution.merge if execution.merge == 'replace' else execution.merge.kind
    lines += [
        '',
        f'  moves {len(action.joints)} joints, {action.space}, {action.horizon} rows of '
        f'{action.dt_s:g} s, {decode}',
        f'  runs {execution.mode.replace("_", " ")}, chunks: {merge}',
    ]
    return lines
