# SPDX-License-Identifier: Apache-2.0
"""The geometry of a whole cell, read from one YAML text."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml
from rho_core.contract.strict import suggestion
from rho_core.errors import ConfigError
from rho_core.geometry.arm import ArmGeometry
from rho_core.geometry.surroundings import HalfSpace
from rho_core.geometry.surroundings import KeepOutBox
from rho_core.geometry.surroundings import Touching
from rho_core.geometry.surroundings import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGeometry:
    """Arms, surroundings, and the distances to keep.

    Attributes:
        arms: by name.
        arm_to_arm_m: distance that links of different arms keep.
        arm_to_self_m: distance that the pairs of one arm keep.
        workspace: where the tips may be.
        touching: links whose contact is wanted.
        half_spaces: planes that nothing goes behind.
        keep_out_boxes: boxes that nothing enters.
    """

    arms: dict[str, ArmGeometry]
    arm_to_arm_m: float
    arm_to_self_m: float
    workspace: Workspace
    touching: Touching = Touching()  # noqa: RUF009 - frozen
    half_spaces: tuple[HalfSpace, ...] = ()
    keep_out_boxes: tuple[KeepOutBox, ...] = ()

    def __post_init__(self) -> None:
        """Check what concerns several entries.

        Raises:
            ConfigError: no arms, a name that is doubled or unknown, or a negative distance.
        """
        if not self.arms:
            raise ConfigError('expected at least one arm', 'arms')
        for field in ('arm_to_arm_m', 'arm_to_self_m'):
            if not getattr(self, field) >= 0.0:
                raise ConfigError(f'expected >= 0, got {getattr(self, field)}', field)
        links = [link.name for arm in self.arms.values() for link in arm.links]
        doubled = {name for name in links if links.count(name) > 1}
        if doubled:
            raise ConfigError(f'expected different links in all arms, got {sorted(doubled)} twice',
                              'arms')
        named = [('touching.links', name) for name in self.touching.links]
        named += [(f'half_spaces.{i}.ignored', name)
                  for i, one in enumerate(self.half_spaces) for name in one.ignored]
        for path, name in named:
            if name not in links:
                raise ConfigError(f"expected a link, got '{name}'" + suggestion(name, links), path)

    def arm(self, name: str) -> ArmGeometry:
        """Return an arm by name.

        Raises:
            ConfigError: there is none of that name.
        """
        if name not in self.arms:
            raise ConfigError(f"no geometry of the arm '{name}'; there is that of "
                              + ', '.join(self.arms) + suggestion(name, self.arms), 'arms')
        return self.arms[name]


def parse_cell_geometry(text: str) -> CellGeometry:
    """Read the geometry of a cell.

    Raises:
        ConfigError: with the dotted path of what is wrong.
    """
    return build(CellGeometry, load_yaml(text))
