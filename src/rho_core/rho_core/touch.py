# SPDX-License-Identifier: Apache-2.0
"""Values of tactile sensors: what one frame says and what the sensor is."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError


class TactileFlag(enum.IntFlag):
    """What is wrong with a frame. The numbers are those of TactileFrame.msg."""

    SATURATED = 1  # at least one taxel is at the end of its range
    STALE = 2  # the content has not changed for longer than its limit
    UNCALIBRATED = 4  # no baseline has been subtracted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TactileReading:
    """One frame of one sensor.

    Attributes:
        stamp_ns: acquisition [ns, ROS time].
        sensor_id: name of the sensor, unique within the cell.
        seq: counts the frames of the sensor; gaps are lost frames.
        values: read-only, shape (rows, cols, channels) [unit of the sensor's channels].
        flags: what is wrong with the frame.
        baseline_id: counts the baselines taken since start, 0: none yet.
    """

    stamp_ns: int
    sensor_id: str
    seq: int
    values: NDArray[np.float32]
    flags: TactileFlag
    baseline_id: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TactileSensor:
    """What a tactile sensor is.

    Attributes:
        sensor_id: name of the sensor, unique within the cell.
        format: wire format.
        frame_id: frame in which the taxel positions are given.
        channel_names: meaning of each channel.
        channel_units: unit of each channel.
        range_min: smallest value that the sensor can give [channel unit].
        range_max: largest value that the sensor can give [channel unit].
        rate_hz: nominal frame rate.
        rows: taxel grid, rows.
        cols: taxel grid, columns.
        taxel_positions: read-only, shape (rows * cols, 3), row-major [m].
    """

    sensor_id: str
    format: str
    frame_id: str
    channel_names: tuple[str, ...]
    channel_units: tuple[str, ...]
    range_min: float
    range_max: float
    rate_hz: float
    rows: int
    cols: int
    taxel_positions: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Copy the positions and check that the parts fit together.

        Raises:
            ConfigError: they do not.
        """
        positions = np.array(self.taxel_positions, dtype=np.float64)
        expected = (self.rows * self.cols, 3)
        if positions.shape != expected or not np.isfinite(positions).all():
            raise ConfigError(
                f'expected finite x, y, z for each of {expected[0]} taxels, got shape '
                f'{positions.shape}',
                'taxel_positions',
            )
        if not self.channel_names or len(self.channel_names) != len(self.channel_units):
            raise ConfigError(
                f'expected one unit per channel, got {len(self.channel_names)} names and '
                f'{len(self.channel_units)} units',
                'channel_units',
            )
        if not (math.isfinite(self.rate_hz) and self.rate_hz > 0.0):
            raise ConfigError(f'expected a rate > 0 Hz, got {self.rate_hz}', 'rate_hz')
        if not self.range_min < self.range_max:
            raise ConfigError(f'expected range_min < range_max, got {self.range_min} and '
                              f'{self.range_max}', 'range_min')
        positions.flags.writeable = False
        object.__setattr__(self, 'taxel_positions', positions)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the values of a reading."""
        return self.rows, self.cols, len(self.channel_names)
