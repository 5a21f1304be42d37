# SPDX-License-Identifier: Apache-2.0
"""Loads of touch and wrench sensors, as the limits of the watchdog compare them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.touch import TactileFlag

_UNUSABLE = {
    TactileFlag.SATURATED: 'a taxel is at the end of its range',
    TactileFlag.STALE: 'repeats itself',
    TactileFlag.UNCALIBRATED: 'no baseline taken',
}


def touch_load(values: NDArray[np.float32], channels: int) -> tuple[float]:
    """Return the largest length of a taxel's vector.

    Args:
        values: of one frame, any shape whose last axis runs fastest over the channels.
        channels: values per taxel.

    Returns:
        One load [unit of the sensor], NaN if a value is not finite or there is none.
    """
    taxels = values.reshape(-1, channels)
    if not taxels.size:
        return (math.nan,)
    square = float(np.einsum('ij,ij->i', taxels, taxels).max())
    return (math.sqrt(square) if math.isfinite(square) else math.nan,)


def touch_fault(flags: int, allowed: int = 0) -> str:
    """Return what a frame's flags say against it.

    Args:
        flags: of the frame.
        allowed: flags that are no fault here.

    Returns:
        For a person; empty if nothing.
    """
    wrong = flags & ~allowed
    if not wrong:
        return ''
    known = [text for flag, text in _UNUSABLE.items() if wrong & flag]
    return ', '.join(known) or f'unknown flags {wrong}'


def wrench_loads(force: Sequence[float], torque: Sequence[float]) -> tuple[float, float]:
    """Return the lengths of force and torque [N, Nm], NaN where a part is not finite."""
    return _length(force), _length(torque)


def _length(vector: Sequence[float]) -> float:
    length = math.hypot(*vector)
    return length if math.isfinite(length) else math.nan
