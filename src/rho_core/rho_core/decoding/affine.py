# SPDX-License-Identifier: Apache-2.0
"""Normalisations of models: all of them are one scale and one offset per value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Affine:
    """Maps units to the model's numbers, normalised = (value - offset) / scale, and back.

    Attributes:
        offset: Value that becomes 0, shape (D,).
        scale: Distance that becomes 1, shape (D,), positive.
    """

    offset: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Copies the arrays and checks them.

        Raises:
            ConfigError: If the shapes differ, or a value is not finite, or a scale not positive.
        """
        offset = np.array(self.offset, dtype=np.float64)
        scale = np.array(self.scale, dtype=np.float64)
        if offset.ndim != 1 or offset.shape != scale.shape:
            raise ConfigError(f'expected two arrays of shape (D,), got {offset.shape} and '
                              f'{scale.shape}')
        for index in range(len(offset)):
            if not (np.isfinite(offset[index]) and np.isfinite(scale[index])
                    and scale[index] > 0):
                raise ConfigError(f'expected a finite offset and a scale > 0, got '
                                  f'{offset[index]} and {scale[index]}', str(index))
        for name, array in (('offset', offset), ('scale', scale)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    def z_score(cls, mean: ArrayLike, std: ArrayLike) -> Affine:
        """Makes the normalisation to mean 0 and standard deviation 1.

        Raises:
            ConfigError: If a standard deviation is not positive.
        """
        return cls(offset=np.asarray(mean, np.float64), scale=np.asarray(std, np.float64))

    @classmethod
    def between(cls, low: ArrayLike, high: ArrayLike) -> Affine:
        """Makes the normalisation of [low, high] to [-1, 1]: extremes, or quantiles of the data.

        Raises:
            ConfigError: If a bound is not finite or not low < high.
        """
        lower, upper = np.asarray(low, np.float64), np.asarray(high, np.float64)
        if lower.shape != upper.shape:
            raise ConfigError(f'expected bounds of one shape, got {lower.shape} and {upper.shape}')
        return cls(offset=(lower + upper) / 2.0, scale=(upper - lower) / 2.0)

    def normalise(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns what the model sees for values in units, shape (..., D)."""
        return (values - self.offset) / self.scale

    def restore(self, normalised: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the values in units that the model's numbers stand for, shape (..., D)."""
        return normalised * self.scale + self.offset
