# SPDX-License-Identifier: Apache-2.0
"""AnySkin's wire format: per magnetometer T, Bx, By, Bz as float32 little endian, then CR LF."""

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError

TAIL = b'\r\n'
TEMPERATURE_C = 28.0
RATE_HZ = 100.0


def burst_frame(field_ut: NDArray[np.float32], temperature_c: float = TEMPERATURE_C) -> bytes:
    """Return one burst frame; 82 bytes for five magnetometers.

    Args:
        field_ut: readings, shape (M, 3) [uT].
        temperature_c: temperature that all magnetometers report.

    Raises:
        ConfigError: when the shape is another one.
    """
    if field_ut.ndim != 2 or field_ut.shape[1] != 3:
        raise ConfigError(f'field_ut: expected shape (M, 3), got {field_ut.shape}')
    rows = np.empty((len(field_ut), 4), dtype='<f4')
    rows[:, 0] = temperature_c
    rows[:, 1:] = field_ut
    return rows.tobytes() + TAIL
