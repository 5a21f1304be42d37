# SPDX-License-Identifier: Apache-2.0
"""How strongly each row of a new chunk is held to the chunk in execution (real-time chunking).

Black, Galliker, Levine, "Real-Time Execution of Action Chunking Flow Policies", 2025: rows that
will have been executed when the result comes are fixed, those after the execution horizon are
free, the ones in between fade.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError

Fade = Literal['linear', 'exponential']


def prefix_weights(
    horizon: int, *, delay: int, executed: int, fade: Fade = 'exponential'
) -> NDArray[np.float64]:
    """Returns a weight in [0, 1] per row.

    Args:
        horizon: Rows of a chunk, H.
        delay: Rows that will have been executed when the chunk comes, d.
        executed: Rows executed between two chunks, s; the last s rows are free.
        fade: Shape between row d and row H - s: w, or w (e^w - 1) / (e - 1).

    Returns:
        Shape (H,): 1 before row d, 0 from row H - s on.

    Raises:
        ConfigError: If not 0 <= d <= s <= H - d.
    """
    if not 0 <= delay <= executed <= horizon - delay:
        raise ConfigError(f'expected 0 <= delay <= executed <= horizon - delay, got delay '
                          f'{delay}, executed {executed}, horizon {horizon}')
    end = horizon - executed
    row = np.arange(horizon)
    weight = np.clip((delay - 1.0 - row) / (end - delay + 1.0) + 1.0, 0.0, 1.0)
    if fade == 'exponential':
        weight = weight * np.expm1(weight) / np.expm1(1.0)
    return np.where(row < delay, 1.0, np.where(row >= end, 0.0, weight))
