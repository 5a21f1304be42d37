# SPDX-License-Identifier: Apache-2.0
"""The reading of an untouched sensor: mean over some frames, refused while it moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineVerdict:
    """The outcome of an estimation.

    Attributes:
        mean: read-only, shape (rows, cols, channels) [channel units], None when refused.
        problem: why it was refused, empty when it was not.
    """

    mean: NDArray[np.float32] | None
    problem: str = ''


class BaselineEstimator:
    """Collects frames and judges them once there are enough."""

    def __init__(self, *, frames: int, noise_limit: float, shape: tuple[int, int, int]) -> None:
        """Allocates.

        Args:
            frames: number of frames to average.
            noise_limit: largest standard deviation of a channel [channel unit].
            shape: rows, cols, channels.

        Raises:
            ConfigError: too few frames or no positive limit.
        """
        if frames < 2:
            raise ConfigError(f'expected at least 2, got {frames}', 'baseline_frames')
        if not noise_limit > 0.0:
            raise ConfigError(f'expected > 0, got {noise_limit}', 'baseline_noise')
        self._noise_limit = noise_limit
        self._samples = np.zeros((frames, *shape))
        self._count = 0

    def restart(self) -> None:
        """Forgets what was collected."""
        self._count = 0

    def add(self, values: NDArray[np.float32]) -> BaselineVerdict | None:
        """Adds a frame.

        Args:
            values: shape (rows, cols, channels) [channel units].

        Returns:
            None as long as frames are missing; then the verdict, and the next frame starts anew.
        """
        self._samples[self._count] = values
        self._count += 1
        if self._count < len(self._samples):
            return None
        self._count = 0
        deviation = self._samples.std(axis=0)
        if deviation.max() > self._noise_limit:
            row, col, channel = np.unravel_index(int(deviation.argmax()), deviation.shape)
            return BaselineVerdict(
                mean=None,
                problem=f'the reading moves: standard deviation {deviation.max():.1f} in taxel '
                f'({row}, {col}) channel {channel}, expected at most {self._noise_limit:g}: keep '
                'the sensor still and untouched',
            )
        mean = self._samples.mean(axis=0).astype(np.float32)
        mean.flags.writeable = False
        return BaselineVerdict(mean=mean)
