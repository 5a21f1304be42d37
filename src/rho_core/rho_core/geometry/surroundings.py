# SPDX-License-Identifier: Apache-2.0
"""What stands around the arms."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rho_core.errors import ConfigError
from rho_core.geometry.link import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfSpace:
    """Everything behind a plane, e.g. a table.

    Attributes:
        name: for messages.
        normal: points out of what is not to be entered, of length 1.
        offset_m: distance of the plane from the origin of the world along the normal.
        distance_m: distance that links keep; those that may touch it have their own.
        ignored: links that are not checked against it, e.g. the base that stands on it.
    """

    name: str
    normal: Vector
    offset_m: float
    distance_m: float
    ignored: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check normal and distance.

        Raises:
            ConfigError: the normal is not of length 1, or the distance is negative.
        """
        if abs(math.hypot(*self.normal) - 1.0) > 1e-6:
            raise ConfigError(f'expected a normal of length 1, got {self.normal}', 'normal')
        if not self.distance_m >= 0.0:
            raise ConfigError(f'expected >= 0, got {self.distance_m}', 'distance_m')


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOutBox:
    """A box, turned about the vertical, that links stay out of; those that may touch enter it.

    Attributes:
        name: for messages.
        center: in the world [m].
        half: half extents along its own axes [m].
        yaw_rad: how far it is turned.
        distance_m: distance that links keep.
    """

    name: str
    center: Vector
    half: Vector
    yaw_rad: float = 0.0
    distance_m: float = 0.0

    def __post_init__(self) -> None:
        """Check extents and distance.

        Raises:
            ConfigError: an extent is not positive, or the distance is negative.
        """
        if not min(self.half) > 0.0:
            raise ConfigError(f'expected positive half extents, got {self.half}', 'half')
        if not self.distance_m >= 0.0:
            raise ConfigError(f'expected >= 0, got {self.distance_m}', 'distance_m')


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A box, parallel to the world's axes, that the tips do not leave.

    Attributes:
        lower: smallest coordinates [m].
        upper: largest coordinates [m].
    """

    lower: Vector
    upper: Vector

    def __post_init__(self) -> None:
        """Check the corners.

        Raises:
            ConfigError: a lower coordinate is not below the upper one.
        """
        if not all(low < high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ConfigError(f'expected lower < upper, got {self.lower} and {self.upper}',
                              'lower')


@dataclass(frozen=True, slots=True, kw_only=True)
class Touching:
    """Links whose contact is wanted, e.g. fingertips: with each other and with surroundings.

    Attributes:
        links: their names.
        depth_m: how far commands may lie inside of what is touched.
    """

    links: tuple[str, ...] = ()
    depth_m: float = 0.0

    def __post_init__(self) -> None:
        """Check the depth.

        Raises:
            ConfigError: it is negative.
        """
        if not self.depth_m >= 0.0:
            raise ConfigError(f'expected >= 0, got {self.depth_m}', 'depth_m')
