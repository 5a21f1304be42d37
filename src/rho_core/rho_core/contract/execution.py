# SPDX-License-Identifier: Apache-2.0
"""How chunks follow one another, as a bundle declares it or a parameter says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

from rho_core.contract.findings import Findings
from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendSpec:
    """The old chunk fades over some rows."""

    kind: Literal['blend']
    rows: int

    def __post_init__(self) -> None:
        """Refuses a blend over nothing."""
        if self.rows < 1:
            raise ConfigError(f'expected at least 1, got {self.rows}', 'rows')


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleSpec:
    """Mean of all predictions for a time, weight exp(-decay i), i = 0 for the oldest."""

    kind: Literal['ensemble']
    decay: float = 0.01
    most: int = 16

    def __post_init__(self) -> None:
        """Refuses weights that grow without bound and ensembles of one."""
        findings = Findings()
        if not 0 <= self.decay < 100:
            findings.add('decay', f'expected 0 to 100, got {self.decay:g}')
        if not 2 <= self.most <= 64:
            findings.add('most', f'expected 2 to 64, got {self.most}')
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class RtcSpec:
    """Real-time chunking: the graph itself continues the chunk in execution.

    Attributes:
        executed: Rows executed between two chunks; the last ones of a chunk, which are free.
        guidance: Upper bound of the gain with which the graph follows the old chunk.
        fade: How the hold on the old chunk falls.
    """

    kind: Literal['rtc']
    executed: int
    guidance: float = 5.0
    fade: Literal['linear', 'exponential'] = 'exponential'

    def __post_init__(self) -> None:
        """Refuses impossible numbers."""
        findings = Findings()
        if self.executed < 1:
            findings.add('executed', f'expected at least 1, got {self.executed}')
        if not 0 < self.guidance <= 100:
            findings.add('guidance', f'expected above 0, at most 100, got {self.guidance:g}')
        findings.raise_if_any()


Merge: TypeAlias = Literal['replace'] | BlendSpec | EnsembleSpec | RtcSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSpec:
    """When the action graph runs and what becomes of its chunks.

    Attributes:
        mode: In every action tick, or in a thread of its own as often as it can, for graphs that
            take longer than a tick.
        merge: How a new chunk is joined with the one in execution.
        never_blended: Joints that always follow the newest chunk, such as grippers.
    """

    mode: Literal['every_tick', 'asynchronous'] = 'every_tick'
    merge: Merge = 'replace'
    never_blended: tuple[str, ...] = ()
