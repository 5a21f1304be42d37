# SPDX-License-Identifier: Apache-2.0
"""A link of an arm: how it hangs on its parent, how its joint moves it, what shape it has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from rho_core.errors import ConfigError
from rho_core.geometry.capsule import Capsule

Vector = tuple[float, float, float]

_UNIT_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link.

    Attributes:
        name: of the link, with the arm's prefix.
        parent: name of the link that carries it, '' for the world.
        position: of its frame in the parent's at joint position 0 [m].
        rotation: of its frame in the parent's, rows of the matrix.
        motion: what the joint does.
        joint: name of the joint, '' when fixed. Two links may have the same joint.
        axis: of the joint, in the link's frame, of length 1.
        capsules: its shape.
    """

    name: str
    parent: str
    position: Vector
    rotation: tuple[Vector, Vector, Vector]
    motion: Literal['fixed', 'turn', 'slide'] = 'fixed'
    joint: str = ''
    axis: Vector = (0.0, 0.0, 1.0)
    capsules: tuple[Capsule, ...] = ()

    def __post_init__(self) -> None:
        """Check the joint and the axes.

        Raises:
            ConfigError: a joint without a name or a name without a joint, an axis that is not of
                length 1, or a rotation whose rows are not orthonormal and right-handed.
        """
        if (self.motion == 'fixed') != (self.joint == ''):
            raise ConfigError(f"expected a name exactly when the link moves, got '{self.joint}' "
                              f'with motion {self.motion}', 'joint')
        if abs(math.hypot(*self.axis) - 1.0) > _UNIT_SLACK:
            raise ConfigError(f'expected an axis of length 1, got {self.axis}', 'axis')
        x, y, z = self.rotation
        wrong = max(abs(a - b) for a, b in zip(z, _cross(x, y), strict=True))
        wrong = max(wrong, abs(math.hypot(*x) - 1.0), abs(math.hypot(*y) - 1.0), abs(_dot(x, y)))
        if not wrong <= _UNIT_SLACK:
            raise ConfigError(f'expected a rotation, got rows {self.rotation}', 'rotation')


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
