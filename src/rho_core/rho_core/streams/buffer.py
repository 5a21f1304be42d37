# SPDX-License-Identifier: Apache-2.0
"""The last samples of one stream."""

from __future__ import annotations

from bisect import bisect_left
from bisect import bisect_right
from collections import deque
from typing import Generic
from typing import TypeVar

from rho_core.streams.sample import Sample

T = TypeVar('T')


class StreamBuffer(Generic[T]):
    """Keeps the newest samples, ordered by stamp; each stamp once."""

    def __init__(self, capacity: int) -> None:
        """Create an empty buffer.

        Args:
            capacity: Largest number of samples kept, at least 1.
        """
        if capacity < 1:
            raise ValueError(f'capacity: expected at least 1, got {capacity}')
        self._samples: deque[Sample[T]] = deque(maxlen=capacity)

    def __len__(self) -> int:
        """Return the number of samples held."""
        return len(self._samples)

    @property
    def newest(self) -> Sample[T] | None:
        """The sample with the latest stamp, None while empty."""
        return self._samples[-1] if self._samples else None

    def push(self, sample: Sample[T]) -> bool:
        """Adds a sample; returns False if its stamp is not later than the newest one."""
        if self._samples and sample.stamp_ns <= self._samples[-1].stamp_ns:
            return False
        self._samples.append(sample)
        return True

    def asof(self, stamp_ns: int) -> Sample[T] | None:
        """Returns the last sample at or before a stamp, None if there is none."""
        index = bisect_right(self._samples, stamp_ns, key=_stamp_ns)
        return self._samples[index - 1] if index else None

    def nearest(self, stamp_ns: int) -> Sample[T] | None:
        """Returns the sample closest to a stamp, the earlier one of two equally close."""
        if not self._samples:
            return None
        index = bisect_left(self._samples, stamp_ns, key=_stamp_ns)
        around = [self._samples[i] for i in (index - 1, index) if 0 <= i < len(self._samples)]
        return min(around, key=lambda sample: abs(sample.stamp_ns - stamp_ns))

    def clear(self) -> None:
        """Forgets everything."""
        self._samples.clear()


def _stamp_ns(sample: Sample[object]) -> int:
    return sample.stamp_ns
