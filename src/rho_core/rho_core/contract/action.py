# SPDX-License-Identifier: Apache-2.0
"""What a bundle's action graph puts out and how it becomes motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

from rho_core.contract.findings import Findings
from rho_core.contract.normalisation import Normalisation
from rho_core.contract.normalisation import check_columns
from rho_core.contract.streams import check_unique
from rho_core.decoding.bins import BINS
from rho_core.decoding.bins import Bins
from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class BinTokens:
    """Whole numbers, each column cut into equal bins: int64 or int32 (1, horizon, joints)."""

    kind: Literal['bins']
    low: tuple[float, ...]
    high: tuple[float, ...]
    bins: int = BINS

    def __post_init__(self) -> None:
        """Refuses bounds and numbers of bins that code nothing."""
        self.code()

    def code(self) -> Bins:
        """Returns the code."""
        return Bins(self.low, self.high, bins=self.bins)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTokens:
    """Text `terminate d1 ... dD` per row with 256 bins per column: string (1, horizon)."""

    kind: Literal['text']
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuses bounds that code nothing."""
        self.code()

    def code(self) -> Bins:
        """Returns the code of the numbers."""
        return Bins(self.low, self.high)


Decode: TypeAlias = Literal['continuous'] | BinTokens | TextTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """How the graph turns noise into an action; the golden sample proves it.

    Attributes:
        direction: Flow time rises from noise to action (GR00T) or falls to it (pi0).
        steps: Integration steps inside the graph.
    """

    direction: Literal['noise_to_action', 'action_to_noise']
    steps: int

    def __post_init__(self) -> None:
        """Refuses a number of steps that cannot be."""
        if not 1 <= self.steps <= 1000:
            raise ConfigError(f'expected 1 to 1000, got {self.steps}', 'steps')


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """What the rows of a chunk mean; row i is for (observation stamp) + (i + 1) * dt_s."""

    output: str  # graph output
    joints: tuple[str, ...]  # model order
    space: Literal['joint_absolute', 'joint_delta']
    decode: Decode
    unit: Literal['si']
    normalisation: Normalisation
    horizon: int
    dt_s: float
    sampler: Sampler | None = None

    def __post_init__(self) -> None:
        """Refuses repeated joints, impossible timing, and statistics of another size."""
        findings = Findings()
        check_unique(self.joints, 'joints', findings)
        if not 1 <= self.horizon <= 1000:
            findings.add('horizon', f'expected 1 to 1000, got {self.horizon}')
        if not 0.001 <= self.dt_s <= 10:
            findings.add('dt_s', f'expected 0.001 to 10, got {self.dt_s:g}')
        check_columns(self.normalisation, len(self.joints), findings)
        if self.decode != 'continuous':
            self._check_tokens(findings)
        findings.raise_if_any()

    def _check_tokens(self, findings: Findings) -> None:
        assert self.decode != 'continuous'
        size = len(self.decode.low)
        if size != len(self.joints):
            findings.add('decode', f'expected bounds for {len(self.joints)} joints, got {size}')
        if self.normalisation != 'none':
            findings.add('normalisation', 'expected none: the bounds of the tokens have units')

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the graph output."""
        if self.decode != 'continuous' and self.decode.kind == 'text':
            return (1, self.horizon)
        return (1, self.horizon, len(self.joints))

    @property
    def output_dtypes(self) -> tuple[str, ...]:
        """Element types that the graph output may have."""
        if self.decode == 'continuous':
            return ('float32',)
        return ('int64', 'int32') if self.decode.kind == 'bins' else ('string',)
