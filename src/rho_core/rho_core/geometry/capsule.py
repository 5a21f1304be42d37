# SPDX-License-Identifier: Apache-2.0
"""A capsule: all points within a radius of a segment."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Capsule:
    """A shape of a link, in the frame of the link.

    Attributes:
        start: one end of the segment [m].
        end: the other end, may be the same [m].
        radius_m: distance from the segment to the surface.
    """

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius_m: float

    def __post_init__(self) -> None:
        """Check the radius.

        Raises:
            ConfigError: it is not positive.
        """
        if not self.radius_m > 0.0:
            raise ConfigError(f'expected > 0, got {self.radius_m}', 'radius_m')
