# SPDX-License-Identifier: Apache-2.0
"""Parameters of the watchdog."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_core.errors import ConfigError
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.stream_settings import to_ns
from rho_core.safety.watch_list import WatchList
from rho_ros.parameters import param


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogParameters:
    """What is watched, and how the watchdog itself runs."""

    arms: tuple[str, ...] = field(default=(), metadata=param('names of the arms'))
    streams: str = field(
        default='',
        metadata=param('every stream with its deadline, arms and reactions, as YAML: the keys '
                       'streams and skews of the section watchdog of a cell file'))
    coupled: bool = field(
        default=True, metadata=param('whether a fault of one arm stops all arms'))
    rate_hz: float = field(
        default=125.0, metadata=param('rate of decisions [Hz]', minimum=100.0, maximum=1000.0))
    phase_us: int = field(
        default=0,
        metadata=param('distance of the decisions from the multiples of their period on the '
                       'steady clock; the controllers wake in between [us]', minimum=0,
                       maximum=10000))
    reset_quiet_ms: float = field(
        default=500.0,
        metadata=param('time without a fault before a reset is accepted [ms]', minimum=1.0,
                       maximum=60000.0))
    stall_limit_ms: float = field(
        default=50.0,
        metadata=param('pause of the loop that means STOP [ms]', minimum=5.0, maximum=500.0))
    clock_jump_ms: float = field(
        default=100.0,
        metadata=param('step of the ROS clock that means STOP [ms]', minimum=1.0, maximum=10000.0))
    moving_speed: float = field(
        default=0.1,
        metadata=param('speed of a joint from which an arm counts as moving, for what may not '
                       'stay the same meanwhile [rad/s, m/s]', minimum=0.001, maximum=10.0))
    realtime_priority: int = field(
        default=70,
        metadata=param('SCHED_FIFO priority of the loop, 0: none', minimum=0, maximum=98))

    def watch_list(self) -> WatchList:
        """Read the list of streams.

        Raises:
            ConfigError: it is missing, or not valid.
        """
        if not self.streams.strip():
            raise ConfigError('expected the list of watched streams, got nothing', 'streams')
        return WatchList.from_text(self.streams)

    def rules(self) -> WatchdogRules:
        """Make the rules.

        Raises:
            ConfigError: there are no arms or streams, or something in the list does not fit.
        """
        streams, skews = self.watch_list().rules()
        return WatchdogRules(
            arms=self.arms,
            streams=streams,
            skews=skews,
            is_coupled=self.coupled,
            quiet_ns=to_ns(self.reset_quiet_ms),
            stall_ns=to_ns(self.stall_limit_ms),
            clock_jump_ns=to_ns(self.clock_jump_ms),
            moving_speed=self.moving_speed,
        )
