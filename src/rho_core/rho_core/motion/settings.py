# SPDX-License-Identifier: Apache-2.0
"""How one arm moves and what makes it stop."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.motion.admission import AdmissionRules


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionSettings:
    """Everything an arm's motion depends on beside its inputs.

    Attributes:
        limits: of the joints.
        tracking_limits: largest distance of command and measurement per joint [rad, m].
        period_ns: time between two commands.
        permit_timeout_ns: a permit older than this means STOP.
        measurement_timeout_ns: a measurement older than this means STOP.
        stall_ns: after a longer pause between two cycles the arm counts as stopped.
        clock_jump_ns: a larger step of the ROS clock means STOP.
        ramp_s: time in which the speed grows to its full value after a stop.
        shortest_bridge_s: shortest bridge from the motion in progress to a new trajectory.
        bridge_stretch_s: how much longer a bridge may take to keep the limits.
        longest_stop_s: a coupled arm cannot ask for a longer stop than this.
        longest_first_stop_s: a path is refused that needs more time for a stop right after it
            began, when nobody else can know of it yet.
        admission: rules for trajectories.
    """

    limits: JointLimits
    tracking_limits: tuple[float, ...]
    period_ns: int = 2_000_000
    permit_timeout_ns: int = 50_000_000
    measurement_timeout_ns: int = 100_000_000
    stall_ns: int = 100_000_000
    clock_jump_ns: int = 100_000_000
    ramp_s: float = 0.3
    shortest_bridge_s: float = 0.04
    bridge_stretch_s: float = 0.5
    longest_stop_s: float = 1.0
    longest_first_stop_s: float = 60.0
    admission: AdmissionRules = field(default_factory=AdmissionRules)

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: one is not positive, or there is not one tracking limit per joint.
        """
        for name in ('period_ns', 'permit_timeout_ns', 'measurement_timeout_ns', 'stall_ns',
                     'clock_jump_ns', 'ramp_s', 'shortest_bridge_s', 'longest_stop_s',
                     'longest_first_stop_s'):
            if not getattr(self, name) > 0:
                raise ConfigError(f'expected a positive number, got {getattr(self, name)}', name)
        if not self.bridge_stretch_s >= 0:
            raise ConfigError(f'expected >= 0, got {self.bridge_stretch_s}', 'bridge_stretch_s')
        count = len(self.limits.names)
        if len(self.tracking_limits) != count or not all(
            0.0 < limit < float('inf') for limit in self.tracking_limits
        ):
            raise ConfigError(f'expected {count} positive numbers, one per joint, got '
                              f'{self.tracking_limits}', 'tracking_limits')
