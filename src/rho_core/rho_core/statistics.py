# SPDX-License-Identifier: Apache-2.0
"""The few statistics that reports need."""

import math
from collections.abc import Sequence

import numpy as np

Z_95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return Wilson's score interval of a success rate.

    Wilson (1927): centre (p + z^2/2n) / (1 + z^2/n), half width
    z / (1 + z^2/n) * sqrt(p(1-p)/n + z^2/4n^2). Without trials nothing is known: (0, 1).

    Raises:
        ValueError: Not 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f'{successes} successes of {trials} trials: expected 0 <= k <= n')
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    scale = 1.0 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # At the ends rounding can leave the interval by some 1e-17.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def percentiles(values: Sequence[float]) -> dict[str, float | None]:
    """Return p50 and p99 of the finite values, None without any."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return {'p50': None, 'p99': None}
    low, high = np.percentile(finite, [50, 99])
    return {'p50': round(float(low), 3), 'p99': round(float(high), 3)}
