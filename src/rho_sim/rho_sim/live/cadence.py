# SPDX-License-Identifier: Apache-2.0
"""Which physics steps a periodic output falls on."""

from fractions import Fraction

from rho_core.errors import ConfigError


class Cadence:
    """An output of a fixed rate on the grid of physics steps.

    The mean rate is exact. Where the step is no divisor of the period (30 Hz of 500 Hz), outputs
    lie on the nearest later step.
    """

    def __init__(self, rate_hz: float, step_s: float, phase: Fraction = Fraction(0)) -> None:
        """Create a cadence.

        Args:
            rate_hz: outputs per second, at most one per step.
            step_s: physics step [s].
            phase: shift as a share of the period, 0 to 1, to spread outputs over time.

        Raises:
            ConfigError: when the rate is not positive or above one output per step.
        """
        per_step = (Fraction(rate_hz) * Fraction(step_s)).limit_denominator(1_000_000)
        if not 0 < per_step <= 1:
            raise ConfigError(f'rate_hz: expected > 0 and <= {1.0 / step_s:g}, got {rate_hz}')
        common = per_step.denominator * phase.denominator
        self._per_step = int(per_step * common)
        self._phase = int(phase * common)
        self._period = common

    def is_due(self, step: int) -> bool:
        """Return whether the output falls on a step; the first steps are 1, 2, ..."""
        place = (step * self._per_step + self._phase) % self._period
        return place < self._per_step
