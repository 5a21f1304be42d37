# SPDX-License-Identifier: Apache-2.0
"""Graphs of a policy bundle: what feeds each ONNX input and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rho_core.contract.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGraph:
    """Text to embedding: tokenizer, transformer, pooling. Gives `instruction.embedding`."""

    file: str
    tokenizer: str
    stream: str
    max_tokens: int
    inputs: dict[str, Literal['ids', 'mask', 'types']]  # graph input: what it gets, int64
    hidden: str  # graph output, float32 (1, tokens, size)
    pooling: Literal['mean']
    normalisation: Literal['l2']
    size: int

    def __post_init__(self) -> None:
        """Refuses sizes that cannot be and a transformer without ids."""
        findings = Findings()
        if not 2 <= self.max_tokens <= 4096:
            findings.add('max_tokens', f'expected 2 to 4096, got {self.max_tokens}')
        if self.size < 1:
            findings.add('size', f'expected at least 1, got {self.size}')
        if 'ids' not in self.inputs.values():
            findings.add('inputs', 'expected one graph input fed by ids')
        findings.raise_if_any()

    @property
    def outputs(self) -> dict[str, tuple[int, ...]]:
        """What other graphs may refer to, with its shape."""
        return {'embedding': (1, self.size)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionGraph:
    """The fast graph: newest proprioception and touch, and the context, to a chunk.

    Without a context graph it sees the images itself.
    """

    file: str
    inputs: dict[str, str]  # graph input: stream, <stream>.mask, <graph>.<output>, action.<feed>
    outputs: dict[str, tuple[int, ...]]  # float32, the action's output as `action.decode` says

    def __post_init__(self) -> None:
        """Refuses empty graphs and impossible shapes."""
        _signature_findings(self.inputs, self.outputs).raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextGraph:
    """The slow graph: images and instruction to a context tensor."""

    file: str
    inputs: dict[str, str]
    outputs: dict[str, tuple[int, ...]]
    max_age_ms: float  # of the images it was made from, at the time of an action

    def __post_init__(self) -> None:
        """Refuses empty graphs, impossible shapes and an impossible age."""
        findings = _signature_findings(self.inputs, self.outputs)
        if not 0 < self.max_age_ms <= 60_000:
            findings.add('max_age_ms', f'expected above 0, at most 60000, got {self.max_age_ms:g}')
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphs:
    """The graphs by role; a policy of one graph has only `action`."""

    action: ActionGraph
    context: ContextGraph | None = None
    instruction: TextGraph | None = None


def _signature_findings(inputs: dict[str, str], outputs: dict[str, tuple[int, ...]]) -> Findings:
    findings = Findings()
    for name, entries in (('inputs', inputs), ('outputs', outputs)):
        if not entries:
            findings.add(name, 'expected at least one, got none')
    for name, shape in outputs.items():
        if not shape or shape[0] != 1 or min(shape) < 1:
            findings.add(f'outputs.{name}', f'expected a shape [1, ...], got {list(shape)}')
    return findings
