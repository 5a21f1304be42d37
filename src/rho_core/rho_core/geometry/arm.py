# SPDX-License-Identifier: Apache-2.0
"""The shape of one arm."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.contract.strict import suggestion
from rho_core.errors import ConfigError
from rho_core.geometry.link import Link
from rho_core.geometry.link import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmGeometry:
    """One arm: a tree of links and the pairs of links that may not touch.

    Attributes:
        joints: names of the joints, order of all positions.
        links: each after its parent.
        tip_link: link that carries the tip.
        tip: where the tip is in that link [m].
        self_pairs: names of two links each that keep the distance of the arm to itself.
    """

    joints: tuple[str, ...]
    links: tuple[Link, ...]
    tip_link: str
    tip: Vector
    self_pairs: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            ConfigError: a name is doubled or unknown, or a parent comes after its child.
        """
        if not self.joints or len(set(self.joints)) != len(self.joints):
            raise ConfigError(f'expected different names, got {list(self.joints)}', 'joints')
        known: set[str] = set()
        for i, link in enumerate(self.links):
            if not link.name or link.name in known:
                raise ConfigError(f"expected a name of its own, got '{link.name}'",
                                  f'links.{i}.name')
            if link.parent and link.parent not in known:
                raise ConfigError(f"expected '' or an earlier link, got '{link.parent}'"
                                  + suggestion(link.parent, known), f'links.{i}.parent')
            if link.joint and link.joint not in self.joints:
                raise ConfigError(f"expected one of {', '.join(self.joints)}; got '{link.joint}'"
                                  + suggestion(link.joint, self.joints), f'links.{i}.joint')
            known.add(link.name)
        named = [('tip_link', self.tip_link)]
        named += [(f'self_pairs.{i}', name) for i, pair in enumerate(self.self_pairs)
                  for name in pair]
        for path, name in named:
            if name not in known:
                raise ConfigError(f"expected a link, got '{name}'" + suggestion(name, known), path)
