# SPDX-License-Identifier: Apache-2.0
"""How a model's numbers relate to units, as a bundle declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

from rho_core.contract.findings import Findings
from rho_core.decoding.affine import Affine
from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ZScore:
    """Mean 0, standard deviation 1; one value per column."""

    kind: Literal['z_score']
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuses statistics that nothing can be normalised by."""
        self.affine()

    def affine(self) -> Affine:
        """Returns the arithmetic."""
        return Affine.z_score(self.mean, self.std)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinMax:
    """The extremes of the data become -1 and 1; one value per column."""

    kind: Literal['min_max']
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuses bounds that nothing can be normalised by."""
        self.affine()

    def affine(self) -> Affine:
        """Returns the arithmetic."""
        return Affine.between(self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """Two quantiles of the data, such as 1 % and 99 %, become -1 and 1; not clipped beyond."""

    kind: Literal['quantile']
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuses bounds that nothing can be normalised by."""
        self.affine()

    def affine(self) -> Affine:
        """Returns the arithmetic."""
        return Affine.between(self.low, self.high)


Normalisation: TypeAlias = Literal['none'] | ZScore | MinMax | Quantile


def affine_of(normalisation: Normalisation) -> Affine | None:
    """Returns the arithmetic of a normalisation, None when there is none."""
    return None if normalisation == 'none' else normalisation.affine()


def check_columns(
    normalisation: Normalisation, columns: int, findings: Findings, path: str = 'normalisation'
) -> None:
    """Notes statistics that do not have one value per column."""
    if normalisation == 'none':
        return
    try:
        size = len(normalisation.affine().offset)
    except ConfigError as error:
        findings.include(path, error)
        return
    if size != columns:
        findings.add(path, f'expected {columns} values, one per column, got {size}')
