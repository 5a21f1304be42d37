# SPDX-License-Identifier: Apache-2.0
"""Percentiles of the last durations, at a cost that does not grow with their number."""

from array import array
from dataclasses import dataclass

import numpy as np

_BUCKET_NS = 1000
_BUCKETS = 8192
_QUANTILES = np.array((0.5, 0.99, 0.999))


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Percentiles of durations [us]."""

    p50: float = 0.0
    p99: float = 0.0
    p99_9: float = 0.0
    max: float = 0.0


class DurationWindow:
    """The last `size` durations. One thread adds, any thread reads.

    A histogram follows the window: one duration comes in, the oldest one leaves. Percentiles are
    rounded up to whole microseconds (those above 8 ms: all the same bucket, only the maximum is
    exact), so reading takes some 30 us however long the window is. Sorting 60 s of a 500 Hz loop
    would hold the interpreter for a millisecond.
    """

    __slots__ = ('_added', '_counts', '_size', '_values_ns')

    def __init__(self, size: int) -> None:
        """Allocates room for the last `size` durations."""
        self._size = max(1, size)
        self._values_ns = array('q', [0]) * self._size
        self._counts = array('q', [0]) * _BUCKETS
        self._added = 0

    def __len__(self) -> int:
        """Durations in the window."""
        return min(self._added, self._size)

    def add(self, value_ns: int) -> None:
        """Adds a duration [ns]; the oldest one leaves a full window."""
        slot = self._added % self._size
        if self._added >= self._size:
            self._counts[_bucket(self._values_ns[slot])] -= 1
        self._values_ns[slot] = value_ns
        self._counts[_bucket(value_ns)] += 1
        self._added += 1

    def percentiles(self) -> Percentiles:
        """Summarises the window; all zero when it is empty."""
        count = len(self)
        if count == 0:
            return Percentiles()
        max_us = float(np.frombuffer(self._values_ns, dtype=np.int64)[:count].max()) / 1e3
        cumulated = np.cumsum(np.frombuffer(self._counts, dtype=np.int64))
        # The smallest bucket up to which the wanted share of the durations lies.
        indices = np.searchsorted(cumulated, np.ceil(_QUANTILES * count))
        p50, p99, p99_9 = (min(float(index + 1), max_us) for index in indices)
        return Percentiles(p50=p50, p99=p99, p99_9=p99_9, max=max_us)


def _bucket(value_ns: int) -> int:
    return min(max(value_ns, 0) // _BUCKET_NS, _BUCKETS - 1)
