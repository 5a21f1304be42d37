# SPDX-License-Identifier: Apache-2.0
"""Parameters of an arm controller."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

import numpy as np

from arm_controller.backends.registry import BACKENDS
from rho_core.contract.limits import JointLimits
from rho_core.errors import ConfigError
from rho_core.geometry.cell import parse_cell_geometry
from rho_core.geometry.path_check import GeometryPathCheck
from rho_core.motion.admission import AdmissionRules
from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.path_check import PathCheck
from rho_core.motion.settings import MotionSettings
from rho_ros.parameters import param

_NS_PER_MS = 1e6
_LIMITS = (
    'lower_limits', 'upper_limits', 'velocity_limits', 'acceleration_limits', 'jerk_limits')
# What a joint covers at full speed in this time is a distance that only a fault explains.
_TRACKING_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerParameters:
    """One arm, its limits and its timing. Lists have one entry per joint, in the same order."""

    arm: str = field(default='', metadata=param('name of the arm, as in safety/state'))
    joint_names: tuple[str, ...] = field(
        default=(), metadata=param('joints in the order of the commands'))
    backend: str = field(
        default='forward_position',
        metadata=param(f'way to the arm, one of {", ".join(BACKENDS)}, or YAML with its options: '
                       '{kind: joint_trajectory, rate_hz: 100.0}'),
    )
    lower_limits: tuple[float, ...] = field(
        default=(), metadata=param('smallest positions [rad, m]'))
    upper_limits: tuple[float, ...] = field(
        default=(), metadata=param('largest positions [rad, m]'))
    velocity_limits: tuple[float, ...] = field(
        default=(), metadata=param('largest velocities [rad/s, m/s]'))
    acceleration_limits: tuple[float, ...] = field(
        default=(), metadata=param('largest accelerations [rad/s^2, m/s^2]'))
    jerk_limits: tuple[float, ...] = field(
        default=(), metadata=param('largest jerks [rad/s^3, m/s^3]'))
    tracking_limits: tuple[float, ...] = field(
        default=(),
        metadata=param('largest distances of command and measurement [rad, m], empty: 0.3 s at '
                       'the largest velocity'),
    )
    rate_hz: float = field(
        default=500.0, metadata=param('rate of commands [Hz]', minimum=50.0, maximum=2000.0))
    report_rate_hz: float = field(
        default=50.0, metadata=param('rate of ~/state [Hz]', minimum=1.0, maximum=500.0))
    permit_timeout_ms: float = field(
        default=50.0,
        metadata=param('age from which a permit means STOP [ms]', minimum=5.0, maximum=500.0))
    measurement_timeout_ms: float = field(
        default=100.0,
        metadata=param('age from which joint states mean STOP [ms]', minimum=5.0, maximum=500.0))
    stall_limit_ms: float = field(
        default=100.0,
        metadata=param('pause of the loop after which the arm counts as stopped [ms]',
                       minimum=5.0, maximum=500.0))
    max_command_age_ms: float = field(
        default=100.0,
        metadata=param('age from which a trajectory is refused [ms]', minimum=1.0, maximum=2000.0))
    max_command_lead_ms: float = field(
        default=250.0,
        metadata=param('how far a trajectory may start in the future [ms]', minimum=0.0,
                       maximum=2000.0))
    max_horizon_s: float = field(
        default=30.0,
        metadata=param('longest trajectory [s]', minimum=0.1, maximum=600.0))
    action_hold_ms: float = field(
        default=500.0,
        metadata=param('how long a client of follow_joint_trajectory keeps the arm from the '
                       'policy after its trajectory [ms]', minimum=0.0, maximum=60000.0))
    operator_hold_ms: float = field(
        default=500.0,
        metadata=param('how long an operator keeps the arm from all others after a trajectory '
                       '[ms]', minimum=0.0, maximum=60000.0))
    path_tolerances: tuple[float, ...] = field(
        default=(),
        metadata=param('default path tolerances of goals [rad, m], empty: the tracking limits'))
    goal_tolerances: tuple[float, ...] = field(
        default=(),
        metadata=param('default goal tolerances of goals [rad, m], empty: the tracking limits'))
    goal_time_tolerance_s: float = field(
        default=1.0,
        metadata=param('default time to come within the goal tolerance after the last point [s]',
                       minimum=0.0, maximum=60.0))
    home_positions: tuple[float, ...] = field(
        default=(), metadata=param('where go_home moves to [rad, m], empty: nowhere'))
    park_positions: tuple[float, ...] = field(
        default=(), metadata=param('where go_park moves to [rad, m], empty: nowhere'))
    place_speed_fraction: float = field(
        default=0.25,
        metadata=param('part of the limits that go_home and go_park use', minimum=0.01,
                       maximum=1.0))
    geometry: str = field(
        default='',
        metadata=param('geometry of the cell, YAML text, empty: paths are not judged by it',
                       read_only=True))
    speed_limit_m_s: float = field(
        default=0.5,
        metadata=param('largest speed of any point of the arm on a path, with geometry [m/s]',
                       minimum=0.01, maximum=10.0))
    first_stop_limit_ms: float = field(
        default=60000.0,
        metadata=param('time in which a path can be stopped right after it began, else it is '
                       'refused [ms]', minimum=10.0, maximum=60000.0))
    ramp_s: float = field(
        default=0.3,
        metadata=param('time to full speed after a stop [s]', minimum=0.05, maximum=10.0))
    early_us: int = field(
        default=120,
        metadata=param('how long before its deadline the loop waits actively, which takes what '
                       'the system needs to wake it out of the commands [us]', minimum=0,
                       maximum=1000))
    stats_window_s: float = field(
        default=60.0,
        metadata=param('time over which the loop statistics in diagnostics are taken [s]',
                       minimum=1.0, maximum=3600.0))
    phase_us: int = field(
        default=1000,
        metadata=param('distance of the cycles from the multiples of the period, at which all '
                       'other loops wake [us]', minimum=0, maximum=20000))
    realtime_priority: int = field(
        default=80,
        metadata=param('SCHED_FIFO priority of the loop, 0: none', minimum=0, maximum=98))

    def settings(self) -> MotionSettings:
        """Make the settings of the arm's motion.

        Raises:
            ConfigError: the arm has no name or no limits, or a value makes no sense.
        """
        if not self.arm:
            raise ConfigError("expected the arm's name, got an empty one", 'arm')
        if not self.joint_names:
            raise ConfigError('expected the names of the joints, got none', 'joint_names')
        for name in _LIMITS:
            if not getattr(self, name):
                raise ConfigError(f'expected {len(self.joint_names)} limits, got none: a '
                                  'controller without limits does not start', name)
        limits = JointLimits(
            names=self.joint_names,
            lower=np.array(self.lower_limits),
            upper=np.array(self.upper_limits),
            velocity=np.array(self.velocity_limits),
            acceleration=np.array(self.acceleration_limits),
            jerk=np.array(self.jerk_limits),
        )
        tracking = self.tracking_limits or tuple(
            _TRACKING_S * velocity for velocity in self.velocity_limits)
        return MotionSettings(
            limits=limits,
            tracking_limits=tracking,
            period_ns=round(1e9 / self.rate_hz),
            permit_timeout_ns=round(self.permit_timeout_ms * _NS_PER_MS),
            measurement_timeout_ns=round(self.measurement_timeout_ms * _NS_PER_MS),
            stall_ns=round(self.stall_limit_ms * _NS_PER_MS),
            ramp_s=self.ramp_s,
            longest_first_stop_s=self.first_stop_limit_ms / 1e3,
            admission=AdmissionRules(
                max_age_s=self.max_command_age_ms / 1e3,
                max_lead_s=max(self.max_command_lead_ms / 1e3, 1e-9),
                max_horizon_s=self.max_horizon_s,
            ),
        )

    def path_check(self) -> PathCheck | None:
        """Make what judges paths by the geometry of the cell, None without one.

        Raises:
            ConfigError: the geometry is wrong, or not that of this arm.
        """
        if not self.geometry:
            return None
        cell = parse_cell_geometry(self.geometry)
        check = GeometryPathCheck(cell, self.arm, speed_limit_m_s=self.speed_limit_m_s)
        if tuple(check.joints) != self.joint_names:
            raise ConfigError(f'expected the joints {", ".join(self.joint_names)} for the arm '
                              f'{self.arm}, got {", ".join(check.joints)}', 'geometry')
        return check

    def tolerances(self, settings: MotionSettings) -> GoalTolerances:
        """Make the default tolerances of goals.

        Args:
            settings: what `settings` returned.

        Raises:
            ConfigError: there is not one per joint.
        """
        return GoalTolerances(
            path=self._per_joint('path_tolerances') or settings.tracking_limits,
            goal=self._per_joint('goal_tolerances') or settings.tracking_limits,
            settle_s=self.goal_time_tolerance_s,
        )

    def places(self, settings: MotionSettings) -> dict[str, tuple[float, ...]]:
        """Return the positions that have a name, empty where they are not given.

        Args:
            settings: what `settings` returned.

        Raises:
            ConfigError: there is not one per joint, or one is outside the limits.
        """
        limits = settings.limits
        found = {}
        for place in ('home', 'park'):
            name = f'{place}_positions'
            found[place] = self._per_joint(name)
            for joint, value, lower, upper in zip(
                limits.names, found[place], limits.lower, limits.upper, strict=False
            ):
                if not lower <= value <= upper:
                    raise ConfigError(f'{joint}: expected {lower} to {upper}, got {value}', name)
        return found

    def hold_ns(self) -> dict[CommandSource, int]:
        """Return how long each source keeps the arm after its trajectory [ns]."""
        return {
            CommandSource.ACTION: round(self.action_hold_ms * _NS_PER_MS),
            CommandSource.OPERATOR: round(self.operator_hold_ms * _NS_PER_MS),
        }

    def _per_joint(self, name: str) -> tuple[float, ...]:
        values: tuple[float, ...] = getattr(self, name)
        if values and len(values) != len(self.joint_names):
            raise ConfigError(f'expected {len(self.joint_names)} numbers, one per joint, or none, '
                              f'got {len(values)}', name)
        if name.endswith('tolerances') and any(not value > 0.0 for value in values):
            raise ConfigError(f'expected positive numbers, got {values}', name)
        return values
