# SPDX-License-Identifier: Apache-2.0
"""Guides a flow sampler towards the chunk in execution (real-time chunking)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import ConfigError

VelocityField = Callable[[NDArray[np.float64], float], NDArray[np.float64]]


def guidance_gain(tau: float, *, most: float = 5.0) -> float:
    """Returns min(most, (tau^2 + (1 - tau)^2) / (tau (1 - tau))) for flow time tau in [0, 1]."""
    rest = 1.0 - tau
    below = tau * rest
    return most if below <= 0.0 else min(most, (tau * tau + rest * rest) / below)


def sample_guided(
    field: VelocityField,
    noise: NDArray[np.float64],
    *,
    steps: int,
    previous: NDArray[np.float64] | None = None,
    weights: NDArray[np.float64] | None = None,
    most: float = 5.0,
) -> NDArray[np.float64]:
    """Integrates a flow from noise (tau 0) to an action (tau 1) with Euler steps.

    Each step bends the field v towards the previous chunk Y: v + g W (Y - x1), x1 = x + (1 - tau)
    v. The Jacobian of x1 is taken as the identity: no gradient, so the same arithmetic fits into
    an ONNX graph, and this function is its reference.

    Args:
        field: Velocity at (x, tau), shape (H, J).
        noise: Start, shape (H, J).
        steps: Euler steps.
        previous: Chunk in execution at the rows' times, shape (H, J); None: no guidance.
        weights: Hold per row as of `prefix_weights`, shape (H,); needed with `previous`.
        most: Upper bound of the gain, 5 to 10.

    Raises:
        ConfigError: If there is no step, or a previous chunk without weights.
    """
    if steps < 1:
        raise ConfigError(f'expected at least 1 step, got {steps}', 'steps')
    if previous is not None and weights is None:
        raise ConfigError('expected weights with a previous chunk', 'weights')
    x = np.array(noise, dtype=np.float64)
    for step in range(steps):
        tau = step / steps
        v = field(x, tau)
        if previous is not None and weights is not None:
            gain = guidance_gain(tau, most=most)
            v = v + gain * weights[:, None] * (previous - (x + (1.0 - tau) * v))
        x = x + v / steps
    return x
