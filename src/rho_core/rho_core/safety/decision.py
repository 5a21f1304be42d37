# SPDX-License-Identifier: Apache-2.0
"""What the watchdog decided at one time."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.errors import ConfigError
from rho_core.safety.cause import Cause
from rho_core.safety.permit import Permit


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyDecision:
    """The permits of all arms and why.

    Attributes:
        stamp_ns: when it was decided [ns, ROS time].
        seq: counts decisions from 0.
        epoch: grows with each reset and each stop of all arms: commands made before it are void,
            and an arm that latched before it is free if its permit says so.
        latched: whether a cause waits for a reset.
        arms: names of the arms.
        permits: per arm.
        speed_scales: per arm, in [0, 1].
        causes: in force, latched ones included.
        stop_times_s: per arm, the time in which its stop from full speed ends: of coupled arms
            the longest, 0 while no controller told one; empty when nobody asked for them.
    """

    stamp_ns: int
    seq: int
    epoch: int
    latched: bool
    arms: tuple[str, ...]
    permits: tuple[Permit, ...]
    speed_scales: tuple[float, ...]
    causes: tuple[Cause, ...] = ()
    stop_times_s: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the sizes.

        Raises:
            ConfigError: the tuples per arm differ in length or there is no arm.
        """
        if self.stop_times_s and len(self.stop_times_s) != len(self.arms):
            raise ConfigError(f'safety decision: expected one stop time per arm, got '
                              f'{len(self.arms)} arms, {len(self.stop_times_s)} stop times')
        if not self.arms or not len(self.arms) == len(self.permits) == len(self.speed_scales):
            raise ConfigError(
                f'safety decision: expected one permit and speed scale per arm, got '
                f'{len(self.arms)} arms, {len(self.permits)} permits, '
                f'{len(self.speed_scales)} speed scales'
            )

    @property
    def mode(self) -> Permit:
        """Worst permit of all arms."""
        return min(self.permits)

    def permit_of(self, arm: str) -> Permit:
        """Return the permit of one arm."""
        return self.permits[self.arms.index(arm)]
