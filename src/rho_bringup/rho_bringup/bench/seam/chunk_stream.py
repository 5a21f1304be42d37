# SPDX-License-Identifier: Apache-2.0
"""A policy that answers late and is never quite of the opinion that it had before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.limits import JointLimits
from rho_core.motion.trajectory import JointTrajectory

Array = NDArray[np.float64]

POINTS = 12
STEP_S = 0.1
_PERIOD_S = 2.6
_TIME_CONSTANT_S = 0.4
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkStream:
    """Chunks of positions 0.1 s apart, each from what was seen one inference delay earlier.

    A chunk starts at the position that was seen and leads onto a slow wave. Chunks differ by a
    small slope of random size, as those of a sampled policy do. Positions are clipped to the
    limits and points that are over when the answer comes are left out, as every runtime does;
    nothing is blended.

    Attributes:
        limits: of the joints.
        centre: middle of the wave, shape (J,) [rad, m].
        amplitude: of the wave, shape (J,) [rad, m].
        disagreement: standard deviation of the slope by which chunks differ, shape (J,)
            [rad/s, m/s].
        seed: of the slopes.
    """

    limits: JointLimits
    centre: Array
    amplitude: Array
    disagreement: Array
    seed: int

    def chunk(self, number: int, seen_ns: int, seen: Array, answer_ns: int) -> JointTrajectory:
        """Return the chunk of one inference.

        Args:
            number: of the inference, from 0.
            seen_ns: time of the observation.
            seen: positions then, shape (J,).
            answer_ns: time of the answer.
        """
        slope = np.random.default_rng((self.seed, number)).normal(0.0, self.disagreement)
        times_s: Array = np.arange(POINTS, dtype=np.float64) * STEP_S
        fade = np.exp(-times_s / _TIME_CONSTANT_S)[:, None]
        wave = self.wave(times_s + seen_ns / _NS_PER_S)
        positions = wave + fade * (seen - wave[0]) + times_s[:, None] * slope
        late_s = (answer_ns - seen_ns) / _NS_PER_S
        first = int(np.searchsorted(times_s, late_s - 1e-9))
        return JointTrajectory(
            start_ns=seen_ns + round(times_s[first] * _NS_PER_S),
            times_s=times_s[first:] - times_s[first],
            joint_names=self.limits.names,
            positions=np.clip(positions[first:], self.limits.lower, self.limits.upper),
        )

    def wave(self, time_s: Array | float) -> Array:
        """Return where the policy wants the arm to be, shape (..., J)."""
        phase = 2.0 * np.pi * np.asarray(time_s, dtype=np.float64) / _PERIOD_S
        joints = np.arange(len(self.centre))
        return np.asarray(
            self.centre + self.amplitude * np.sin(phase[..., None] + 0.7 * joints))
