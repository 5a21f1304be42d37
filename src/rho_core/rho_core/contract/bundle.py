# SPDX-License-Identifier: Apache-2.0
"""The policy bundle: the contract between those who make models and those who run them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from typing import Literal
from typing import TypeAlias

from rho_core.contract.action import ActionSpec
from rho_core.contract.bundle_rules import cross_check
from rho_core.contract.execution import ExecutionSpec
from rho_core.contract.findings import Findings
from rho_core.contract.graphs import Graphs
from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import InstructionStream
from rho_core.contract.streams import JointStream
from rho_core.contract.streams import SampledStream
from rho_core.contract.streams import Stream
from rho_core.contract.streams import TactileStream
from rho_core.contract.streams import WrenchStream
from rho_core.contract.streams import check_unique
from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml

__all__ = ['ActionSpec', 'BundleFile', 'BundleManifest', 'GoldenSpec', 'Role', 'parse_manifest']

Role: TypeAlias = Literal['instruction', 'context', 'action']
ROLES: tuple[Role, ...] = ('instruction', 'context', 'action')

_SHA256 = re.compile(r'[0-9a-f]{64}\Z')
_NAME = re.compile(r'[a-z0-9][a-z0-9_-]*\Z')
_STREAM_NAME = re.compile(r'[a-z][a-z0-9_]*\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A file of the bundle, or one that an installed Python package carries."""

    path: str
    sha256: str
    package: str | None = None

    def __post_init__(self) -> None:
        """Refuses paths that leave their folder and malformed hashes."""
        findings = Findings()
        parts = self.path.split('/')
        if '\\' in self.path or ':' in self.path or any(part in ('', '.', '..') for part in parts):
            findings.add('path', f"expected a relative path inside the folder, got '{self.path}'")
        if not _SHA256.match(self.sha256):
            findings.add('sha256', f"expected 64 lower-case hex digits, got '{self.sha256}'")
        if self.package is not None and not self.package.isidentifier():
            findings.add('package', f"expected the name of a Python package, got '{self.package}'")
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Largest absolute difference to the golden outputs, per graph that the bundle has."""

    action: float
    context: float | None = None
    instruction: float | None = None

    def __post_init__(self) -> None:
        """Refuses tolerances that would accept nothing or anything."""
        findings = Findings()
        for name in ('instruction', 'context', 'action'):
            value: float | None = getattr(self, name)
            if value is not None and not 0 < value <= 0.1:
                findings.add(name, f'expected above 0, at most 0.1, got {value:g}')
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenSpec:
    """The sample that proves that the graphs do here what they did at their maker's."""

    file: str
    tolerance: Tolerance
    instruction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleManifest:
    """The content of `bundle.yaml`; an inconsistent one cannot exist."""

    schema: Literal['rho-bundle/1']
    name: str
    version: str
    description: str
    license: str
    embodiment: str
    files: dict[str, BundleFile]
    streams: tuple[
        InstructionStream | ImageStream | JointStream | TactileStream | WrenchStream, ...
    ]
    graphs: Graphs
    action: ActionSpec
    golden: GoldenSpec
    execution: ExecutionSpec = field(default_factory=ExecutionSpec)

    def __post_init__(self) -> None:
        """Refuses whatever does not fit together."""
        findings = Findings()
        if not _NAME.match(self.name):
            findings.add('name', f"expected only a-z, 0-9, _ and -, got '{self.name}'")
        for index, stream in enumerate(self.streams):
            if not _STREAM_NAME.match(stream.name):
                findings.add(
                    f'streams.{index}.name',
                    f"expected only a-z, 0-9 and _, got '{stream.name}'",
                )
        check_unique(tuple(stream.name for stream in self.streams), 'streams', findings)
        cross_check(self, findings)
        findings.raise_if_any()

    @property
    def bundle_id(self) -> str:
        """Name and version."""
        return f'{self.name} {self.version}'

    @property
    def sampled_streams(self) -> tuple[SampledStream, ...]:
        """The streams that arrive with stamps, hence all but the instruction."""
        return tuple(one for one in self.streams if not isinstance(one, InstructionStream))

    def stream(self, name: str) -> Stream:
        """Returns the stream of that name."""
        return next(stream for stream in self.streams if stream.name == name)

    def inputs_of(self, graph: Literal['context', 'action']) -> tuple[SampledStream, ...]:
        """Returns the streams that a graph reads directly, none if there is no such graph."""
        reads = getattr(self.graphs, graph)
        sources = set() if reads is None else set(reads.inputs.values())
        return tuple(stream for stream in self.sampled_streams if stream.name in sources)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Graphs that the bundle has, in the order in which they run."""
        return tuple(role for role in ROLES if getattr(self.graphs, role) is not None)


def parse_manifest(text: str) -> BundleManifest:
    """Reads a manifest.

    Raises:
        ConfigError: If anything is wrong; the first problem, carrying all others.
    """
    return build(BundleManifest, load_yaml(text))
