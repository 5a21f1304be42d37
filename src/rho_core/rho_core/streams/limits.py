# SPDX-License-Identifier: Apache-2.0
"""Limits of a stream's content, order and rate. Each has a monitor of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rho_core.errors import ConfigError

_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeLimit:
    """How long a stream may carry the same.

    Attributes:
        limit_ns: longest time without a change.
        only_while_moving: whether only the time counts in which an arm of the stream moves. Right
            for cameras that look at the arms: a still scene without noise is the same image again
            and again.
    """

    limit_ns: int
    only_while_moving: bool = False

    def __post_init__(self) -> None:
        """Check the value.

        Raises:
            ConfigError: the limit is not positive.
        """
        _require_positive('limit_ns', self.limit_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLimit:
    """How many samples may be lost.

    Attributes:
        max_lost: most samples lost within the window.
        window_ns: time after which as many are forgiven.
    """

    max_lost: int
    window_ns: int = _S

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: the number is negative or the window is not positive.
        """
        if self.max_lost < 0:
            raise ConfigError(f'expected a number >= 0, got {self.max_lost}', 'max_lost')
        _require_positive('window_ns', self.window_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How many samples must come.

    Attributes:
        min_hz: smallest rate. Without numbers in the samples it is the rate of observations, so
            it must lie below the rate of the one who looks.
        window_ns: time over which samples are counted.
    """

    min_hz: float
    window_ns: int = _S

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: rate or window is not positive, or the window holds less than two
                samples.
        """
        _require_positive('min_hz', self.min_hz)
        _require_positive('window_ns', self.window_ns)
        if self.min_hz * self.window_ns < 2 * _S:
            raise ConfigError(
                f'expected a window of at least two periods, got {self.window_ns / _S:g} s at '
                f'{self.min_hz:g} Hz; allowed from {2 / self.min_hz:g} s on', 'window_ns')


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimit:
    """How hard something may be touched or pushed.

    Attributes:
        name: what is measured, e.g. `force`; part of the cause's name.
        limit: largest load [unit of the stream].
        care: load from which fault LOAD is reported, e.g. to go slowly; None: never.
    """

    name: str
    limit: float
    care: float | None = None

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no name, a load that is not positive, or care not below the limit.
        """
        if not self.name:
            raise ConfigError('expected the name of what is measured, got an empty one', 'name')
        _require_positive('limit', self.limit)
        if self.care is not None and not 0.0 < self.care < self.limit:
            raise ConfigError(f'expected a load in (0, {self.limit:g}), got {self.care:g}', 'care')


def _require_positive(path: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ConfigError(f'expected a positive number, got {value}', path)
