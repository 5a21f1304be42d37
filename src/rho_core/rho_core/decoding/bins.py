# SPDX-License-Identifier: Apache-2.0
"""Actions as tokens: each dimension is cut into equal bins between bounds of its own.

The code of RT-1 (Brohan et al. 2022) and RT-2 (2023): 256 bins, value = low + token / 255 (high -
low).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from rho_core.errors import Refused

BINS = 256


class Bins:
    """Codes and decodes one row of D numbers or many."""

    def __init__(self, low: ArrayLike, high: ArrayLike, *, bins: int = BINS) -> None:
        """Set the bounds.

        Args:
            low: What token 0 stands for, shape (D,).
            high: What the last token stands for, shape (D,).
            bins: Number of tokens per dimension.

        Raises:
            ConfigError: If the bounds are not finite with low < high, or there are fewer than 2
                bins.
        """
        self.low = np.array(low, dtype=np.float64)
        self.high = np.array(high, dtype=np.float64)
        if self.low.ndim != 1 or not len(self.low) or self.low.shape != self.high.shape:
            raise ConfigError(f'expected two arrays of shape (D,), got {self.low.shape} and '
                              f'{self.high.shape}')
        if not (np.isfinite(self.low) & np.isfinite(self.high) & (self.low < self.high)).all():
            raise ConfigError(f'expected finite bounds, low < high, got {self.low.tolist()} and '
                              f'{self.high.tolist()}')
        if bins < 2:
            raise ConfigError(f'expected at least 2 bins, got {bins}', 'bins')
        self.bins = bins
        self._span = self.high - self.low
        for array in (self.low, self.high):
            array.flags.writeable = False

    @property
    def size(self) -> int:
        """Number of dimensions, D."""
        return len(self.low)

    def decode(self, tokens: ArrayLike) -> NDArray[np.float64]:
        """Returns the values that tokens stand for, shape (..., D).

        Raises:
            Refused: If they are not whole numbers from 0 to bins - 1, D in each row.
        """
        codes = np.asarray(tokens)
        if codes.dtype.kind not in 'iu':
            raise Refused(f'tokens: expected whole numbers, got {codes.dtype}')
        if codes.ndim < 1 or codes.shape[-1] != self.size:
            raise Refused(f'tokens: expected rows of {self.size}, got shape {codes.shape}')
        bad = codes[(codes < 0) | (codes >= self.bins)]
        if bad.size:
            raise Refused(f'tokens: expected 0 to {self.bins - 1}, got {bad.flat[0]}')
        share = codes / (self.bins - 1)
        # Not low + share * span: that leaves the bounds by a rounding error.
        values: NDArray[np.float64] = (1.0 - share) * self.low + share * self.high
        return np.clip(values, self.low, self.high)

    def encode(self, values: ArrayLike) -> NDArray[np.int64]:
        """Returns the nearest tokens, shape (..., D).

        Raises:
            Refused: If a value is not finite or outside the bounds.
        """
        numbers = np.asarray(values, dtype=np.float64)
        if numbers.ndim < 1 or numbers.shape[-1] != self.size:
            raise Refused(f'values: expected rows of {self.size}, got shape {numbers.shape}')
        if not ((numbers >= self.low) & (numbers <= self.high)).all():
            raise Refused(f'values: expected {self.low.tolist()} to {self.high.tolist()}, got '
                          f'{numbers.tolist()}')
        share = (numbers - self.low) / self._span
        return np.rint(share * (self.bins - 1)).astype(np.int64)
