# SPDX-License-Identifier: Apache-2.0
"""Magnetic fingertip skin: contact forces to readings of magnetometers."""

import numpy as np
from numpy.typing import NDArray

from rho_sim.config import SimConfig

# The magnetised elastomer moves most above the contact: the field change at a magnetometer falls
# with the distance of the contact like a Gaussian. Figures of the order of published AnySkin data.
GAIN_UT_PER_N = np.diag([18.0, 18.0, 25.0])
SPREAD_M = 0.008
DRIFT_PERIOD_S = (40.0, 120.0)


class Skin:
    """One fingertip skin; readings [uT] have shape (M, 3): Bx, By, Bz per magnetometer.

    B = baseline + drift(t) + noise + sum over contacts of gain @ force * exp(-d^2 / 2 spread^2)
    with d the distance from contact to magnetometer.
    """

    def __init__(self, positions_m: NDArray[np.float64], config: SimConfig) -> None:
        """Create a skin with magnetometers at positions in the frame of the sensor, (M, 3)."""
        self._positions_m = positions_m
        self._config = config
        self.reset((0,))

    def reset(self, seed: tuple[int, ...]) -> None:
        """Draw baseline and drift anew; same seed, same sequence of readings."""
        self._rng = np.random.default_rng(seed)
        shape = self._positions_m.shape
        limit = self._config.skin_baseline_ut
        self._baseline_ut = self._rng.uniform(-limit, limit, shape)
        self._drift_rad_per_s = 2.0 * np.pi / self._rng.uniform(*DRIFT_PERIOD_S, shape)
        self._drift_phase_rad = self._rng.uniform(0.0, 2.0 * np.pi, shape)

    def read(
        self,
        time_s: float,
        forces_n: NDArray[np.float64],
        points_m: NDArray[np.float64],
    ) -> NDArray[np.float32]:
        """Return one reading.

        Args:
            time_s: time, for the drift.
            forces_n: forces on the skin in the frame of the sensor, (K, 3).
            points_m: where they act, (K, 3).
        """
        angle = self._drift_rad_per_s * time_s + self._drift_phase_rad
        field_ut = self._baseline_ut + self._config.skin_drift_ut * np.sin(angle)
        field_ut = field_ut + self._config.skin_noise_ut * self._rng.standard_normal(angle.shape)
        if len(forces_n):
            apart = self._positions_m[:, None, :] - points_m[None, :, :]
            weight = np.exp(-np.sum(apart**2, axis=2) / (2.0 * SPREAD_M**2))
            field_ut += weight @ forces_n @ GAIN_UT_PER_N
        return field_ut.astype(np.float32)
