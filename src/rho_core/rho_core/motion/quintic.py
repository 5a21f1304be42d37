# SPDX-License-Identifier: Apache-2.0
"""Polynomials of fifth degree between two states of position, velocity and acceleration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits

Array = NDArray[np.float64]

# Rows: coefficients of 1, u .. u^5 for u in [0, 1]. Columns: position, velocity and acceleration
# at u = 0, then at u = 1, in units of the duration h: q0, v0 h, a0 h^2, q1, v1 h, a1 h^2.
_BASIS = np.array([
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.5, 0.0, 0.0, 0.0],
    [-10.0, -6.0, -1.5, 10.0, -4.0, 0.5],
    [15.0, 8.0, 1.5, -15.0, 7.0, -1.0],
    [-6.0, -3.0, -0.5, 6.0, -3.0, 0.5],
])
_NODES = 25


def coefficients(span_s: Array, begin: tuple[Array, ...], end: tuple[Array, ...]) -> Array:
    """Return the coefficients of powers of time since the begin.

    Args:
        span_s: durations, shape (N,).
        begin: positions, velocities and accelerations, each (N, J).
        end: likewise.

    Returns:
        Shape (N, J, 6).
    """
    h = span_s[:, None]
    states = np.stack((begin[0], begin[1] * h, begin[2] * h * h,
                       end[0], end[1] * h, end[2] * h * h), axis=-1)
    powers = span_s[:, None] ** np.arange(6.0)
    scaled: Array = (states @ _BASIS.T) / powers[:, None, :]
    return scaled


def derivatives(rows: Array, times_s: Array) -> tuple[Array, Array, Array, Array]:
    """Return position, velocity, acceleration and jerk.

    Args:
        rows: coefficients, one polynomial per time and joint, shape (N, J, 6).
        times_s: since the begin of each, shape (N,).
    """
    x = times_s[:, None]
    c0, c1, c2, c3, c4, c5 = (rows[..., i] for i in range(6))
    position = c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 + x * c5))))
    velocity = c1 + x * (2.0 * c2 + x * (3.0 * c3 + x * (4.0 * c4 + x * 5.0 * c5)))
    acceleration = 2.0 * c2 + x * (6.0 * c3 + x * (12.0 * c4 + x * 20.0 * c5))
    jerk = 6.0 * c3 + x * (24.0 * c4 + x * 60.0 * c5)
    return position, velocity, acceleration, jerk


class QuinticCheck:
    """Tells how far a quintic of each joint is from its limits, by its values at 25 nodes."""

    def __init__(self, limits: JointLimits) -> None:
        """Prepare the nodes."""
        u = np.linspace(0.0, 1.0, _NODES)[:, None] ** np.arange(6.0)
        order = np.arange(6.0)
        rows = [u @ _BASIS]
        for _ in range(3):
            # d/du of u^n is n u^(n-1).
            u = np.hstack((np.zeros((_NODES, 1)), u[:, :-1])) * order
            rows.append(u @ _BASIS)
        self._values = np.vstack(rows[1:])
        self._positions = rows[0]
        self._limits = limits
        self._allowed = np.vstack([
            np.repeat(values[None], _NODES, axis=0)
            for values in (limits.velocity, limits.acceleration, limits.jerk)
        ])
        self._powers = np.repeat(np.arange(1.0, 4.0), _NODES)[:, None]

    def problem(self, span_s: float, begin: tuple[Array, ...], end: tuple[Array, ...]) -> str:
        """Return what leaves the limits most, empty when nothing does.

        Args:
            span_s: duration.
            begin: position, velocity and acceleration, each (J,).
            end: likewise.
        """
        h = span_s
        states = np.array((begin[0], begin[1] * h, begin[2] * (h * h),
                           end[0], end[1] * h, end[2] * (h * h)))
        shares = np.abs(self._values @ states) / (self._allowed * h ** self._powers)
        worst = int(shares.argmax())
        node, joint = divmod(worst, shares.shape[1])
        if shares[node, joint] > 1.0 + 1e-9:
            what = ('a velocity', 'an acceleration', 'a jerk')[node // _NODES]
            allowed = self._allowed[node, joint]
            return (f'{what} of {shares[node, joint] * allowed:.3g}, allowed {allowed:.3g}, in '
                    f'{self._limits.names[joint]}')
        positions = self._positions @ states
        beyond = np.maximum(positions - self._limits.upper, self._limits.lower - positions)
        if beyond.max() > 1e-9:
            node, joint = divmod(int(beyond.argmax()), beyond.shape[1])
            return (f'to pass {positions[node, joint]:.4f} in {self._limits.names[joint]}, '
                    f'allowed {self._limits.lower[joint]:.4f} to '
                    f'{self._limits.upper[joint]:.4f}')
        return ''
