# SPDX-License-Identifier: Apache-2.0
"""Parameters of the watchdog."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_core.safety.rules import WatchdogRules
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_ros.parameters import param

_NS_PER_MS = 1e6
_COMMAND_LEAD_NS = 300_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogParameters:
    """What is watched, and the deadlines."""

    arms: tuple[str, ...] = field(default=(), metadata=param('names of the arms'))
    cameras: tuple[str, ...] = field(default=(), metadata=param('names of the cameras'))
    tactile: tuple[str, ...] = field(default=(), metadata=param('names of the touch sensors'))
    camera_deadline_ms: float = field(
        default=200.0, metadata=param('oldest image [ms]', minimum=1.0, maximum=10000.0))
    tactile_deadline_ms: float = field(
        default=100.0, metadata=param('oldest touch frame [ms]', minimum=1.0, maximum=10000.0))
    joint_states_deadline_ms: float = field(
        default=50.0, metadata=param('oldest joint states [ms]', minimum=1.0, maximum=10000.0))
    command_deadline_ms: float = field(
        default=150.0,
        metadata=param('oldest trajectory while a policy runs [ms]', minimum=1.0, maximum=10000.0))
    coupled: bool = field(
        default=True, metadata=param('whether a fault of one arm stops all arms'))
    rate_hz: float = field(
        default=125.0, metadata=param('rate of decisions [Hz]', minimum=100.0, maximum=1000.0))
    reset_quiet_ms: float = field(
        default=500.0,
        metadata=param('time without a fault before a reset is accepted [ms]', minimum=1.0,
                       maximum=60000.0))
    stall_limit_ms: float = field(
        default=50.0,
        metadata=param('pause of the loop that means STOP [ms]', minimum=5.0, maximum=500.0))
    realtime_priority: int = field(
        default=70,
        metadata=param('SCHED_FIFO priority of the loop, 0: none', minimum=0, maximum=98))

    def rules(self) -> WatchdogRules:
        """Make the rules.

        Raises:
            ConfigError: there are no arms, or a name is doubled.
        """
        camera_ns = round(self.camera_deadline_ms * _NS_PER_MS)
        tactile_ns = round(self.tactile_deadline_ms * _NS_PER_MS)
        streams = [StreamRule(name='joint_states',
                              deadline_ns=round(self.joint_states_deadline_ms * _NS_PER_MS))]
        streams += [StreamRule(name=f'camera.{name}', deadline_ns=camera_ns)
                    for name in self.cameras]
        streams += [StreamRule(name=f'tactile.{name}', deadline_ns=tactile_ns)
                    for name in self.tactile]
        streams += [StreamRule(name=f'command.{arm}', role=StreamRole.COMMAND, arms=(arm,),
                               deadline_ns=round(self.command_deadline_ms * _NS_PER_MS),
                               max_lead_ns=_COMMAND_LEAD_NS)
                    for arm in self.arms]
        return WatchdogRules(
            arms=self.arms,
            streams=tuple(streams),
            is_coupled=self.coupled,
            quiet_ns=round(self.reset_quiet_ms * _NS_PER_MS),
            stall_ns=round(self.stall_limit_ms * _NS_PER_MS),
        )
