# SPDX-License-Identifier: Apache-2.0
"""From a folder to a policy that is proven to work here, or every reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rho_core.contract.execution import ExecutionSpec
from rho_core.contract.findings import Findings
from rho_core.errors import ConfigError
from rho_policy_node.runtime.bundle import Bundle
from rho_policy_node.runtime.bundle import load_bundle
from rho_policy_node.runtime.golden import check_embedding
from rho_policy_node.runtime.golden import check_graph
from rho_policy_node.runtime.golden import read_golden
from rho_policy_node.runtime.policy import Policy
from rho_policy_node.runtime.providers import CPU
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.signature import check_signature
from rho_policy_node.runtime.signature import check_text_signature
from rho_policy_node.runtime.text_encoder import TextEncoder

_WARM_UP_RUNS = 3


def open_policy(
    folder: Path,
    providers: Sequence[str] = (CPU,),
    threads: int = 1,
    execution: ExecutionSpec | None = None,
) -> Policy:
    """Loads a bundle, compares its graphs with its manifest, runs its golden sample, warms up.

    Args:
        folder: The bundle.
        providers: onnxruntime execution providers demanded, best first.
        threads: Threads that one run of a graph may use.
        execution: What takes the place of the bundle's own section `execution`, None: nothing.

    Raises:
        ConfigError: If anything is wrong; the first problem, carrying the others of its stage.
    """
    bundle = load_bundle(folder)
    if execution is not None:
        bundle = replace(bundle, manifest=replace(bundle.manifest, execution=execution))
    sessions = _open_sessions(bundle, providers, threads)
    graph = bundle.manifest.graphs.instruction
    text = None
    if graph is not None:
        text = TextEncoder(graph, bundle.content[graph.tokenizer], sessions['instruction'])
    _prove(bundle, sessions, text)
    return Policy(bundle.manifest, bundle.sha256, text, sessions)


def _open_sessions(
    bundle: Bundle, providers: Sequence[str], threads: int
) -> dict[str, OnnxSession]:
    manifest = bundle.manifest
    findings = Findings()
    sessions: dict[str, OnnxSession] = {}
    for role in manifest.roles:
        file = getattr(manifest.graphs, role).file
        try:
            sessions[role] = OnnxSession(bundle.content[file], role, providers, threads)
        except ConfigError as error:
            findings.include('' if error.path else f'files.{file}', error)
            continue
        if role == 'instruction':
            graph = manifest.graphs.instruction
            assert graph is not None
            check_text_signature(graph, sessions[role], findings)
        else:
            check_signature(manifest, role, sessions[role], findings)
    findings.raise_if_any()
    return sessions


def _prove(bundle: Bundle, sessions: dict[str, OnnxSession], text: TextEncoder | None) -> None:
    manifest = bundle.manifest
    arrays = read_golden(manifest, bundle.content[manifest.golden.file])
    findings = Findings()
    for _ in range(_WARM_UP_RUNS):
        if not findings.errors:
            for role in manifest.roles:
                if role != 'instruction':
                    check_graph(manifest, arrays, role, sessions[role], findings)
                elif text is not None:
                    check_embedding(manifest, arrays, text.embed, findings)
    findings.raise_if_any()
