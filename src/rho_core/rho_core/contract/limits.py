# SPDX-License-Identifier: Apache-2.0
"""Limits of joints: position, velocity, acceleration and jerk, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointLimits:
    """What the commands of some joints may not leave.

    Attributes:
        names: joint names, unique, in the order of the arrays.
        lower: smallest position, shape (J,) [rad, m].
        upper: largest position, shape (J,) [rad, m].
        velocity: largest speed, shape (J,) [rad/s, m/s].
        acceleration: largest acceleration, shape (J,) [rad/s^2, m/s^2].
        jerk: largest change of the acceleration, shape (J,) [rad/s^3, m/s^3].
    """

    names: tuple[str, ...]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    velocity: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    jerk: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Copy the arrays and check them.

        Raises:
            ConfigError: no or doubled names, a wrong size, a value that is not finite, lower >=
                upper, or a velocity, acceleration or jerk that is not positive.
        """
        names = tuple(self.names)
        object.__setattr__(self, 'names', names)
        if not names:
            raise ConfigError('expected at least one joint: an arm without limits cannot move',
                              'limits.names')
        if len(set(names)) != len(names):
            raise ConfigError(f'expected unique joint names, got {", ".join(names)}',
                              'limits.names')
        for field in ('lower', 'upper', 'velocity', 'acceleration', 'jerk'):
            object.__setattr__(self, field, _values(field, getattr(self, field), names))
        for name, low, high in zip(names, self.lower, self.upper, strict=True):
            if not low < high:
                raise ConfigError(f'{name}: expected lower < upper, got {low} and {high}',
                                  'limits.lower')
        for field in ('velocity', 'acceleration', 'jerk'):
            for name, value in zip(names, getattr(self, field), strict=True):
                if not value > 0.0:
                    raise ConfigError(f'{name}: expected a positive limit, got {value}',
                                      f'limits.{field}')

    def subset(self, names: Sequence[str]) -> JointLimits:
        """Return the limits of some of the joints, in the given order.

        Raises:
            ConfigError: a name is unknown.
        """
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise ConfigError(f'unknown joints {", ".join(unknown)}; known are '
                              f'{", ".join(self.names)}', 'limits.names')
        order = [self.names.index(name) for name in names]
        return JointLimits(
            names=tuple(names),
            lower=self.lower[order],
            upper=self.upper[order],
            velocity=self.velocity[order],
            acceleration=self.acceleration[order],
            jerk=self.jerk[order],
        )


def _values(field: str, source: ArrayLike, names: tuple[str, ...]) -> NDArray[np.float64]:
    values = np.array(source, dtype=np.float64)
    if values.shape != (len(names),):
        raise ConfigError(f'expected {len(names)} values, one per joint, got shape '
                          f'{values.shape}', f'limits.{field}')
    for name, value in zip(names, values, strict=True):
        if not np.isfinite(value):
            raise ConfigError(f'{name}: expected a finite limit, got {value}', f'limits.{field}')
    values.flags.writeable = False
    return values
