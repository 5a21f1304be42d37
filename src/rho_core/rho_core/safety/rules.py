# SPDX-License-Identifier: Apache-2.0
"""What the watchdog watches and what it does about it."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit

_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRule:
    """A stream that must deliver at all times.

    Attributes:
        name: e.g. `camera.front`; causes are `<name>.<kind of fault>`.
        deadline_ns: largest age of its newest sample.
        permit: best permit that its fault leaves; STOP is latched, HOLD and SLOW are not.
        arms: arms that it restrains, empty: all.
    """

    name: str
    deadline_ns: int
    permit: Permit = Permit.STOP
    arms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no name, no positive deadline, or RUN, which restrains nothing.
        """
        if not self.name:
            raise ConfigError('expected the name of a stream, got an empty one', 'streams.name')
        if self.deadline_ns <= 0:
            raise ConfigError(f'{self.name}: expected a positive deadline, got '
                              f'{self.deadline_ns} ns', 'streams.deadline_ns')
        if self.permit is Permit.RUN:
            raise ConfigError(f'{self.name}: expected STOP, HOLD or SLOW, got RUN',
                              'streams.permit')


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogRules:
    """Everything the watchdog's decisions depend on beside its observations.

    Attributes:
        arms: names of the arms.
        streams: streams that must deliver at all times.
        is_coupled: whether a fault of one arm restrains all.
        command_deadline_ns: largest age of an arm's newest trajectory while a policy runs.
        command_lead_ns: how far a trajectory's stamp may lie in the future.
        quiet_ns: time without an active cause before a reset is accepted.
        stall_ns: longest time between two decisions; controllers stop by themselves after it.
        clock_jump_ns: largest step of the ROS clock.
        slow_scale: speed scale that goes with SLOW.
    """

    arms: tuple[str, ...]
    streams: tuple[StreamRule, ...]
    is_coupled: bool = True
    command_deadline_ns: int = 150 * _MS
    command_lead_ns: int = 300 * _MS
    quiet_ns: int = 500 * _MS
    stall_ns: int = 50 * _MS
    clock_jump_ns: int = 100 * _MS
    slow_scale: float = 0.25

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no arms, doubled names, unknown arms, or a time that is not positive.
        """
        if not self.arms or len(set(self.arms)) != len(self.arms):
            raise ConfigError(f'expected unique names, at least one, got {self.arms}', 'arms')
        names = [rule.name for rule in self.streams]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ConfigError(f'expected unique names, got {", ".join(doubled)} more than once',
                              'streams')
        for rule in self.streams:
            unknown = [arm for arm in rule.arms if arm not in self.arms]
            if unknown:
                raise ConfigError(f'{rule.name}: unknown arms {", ".join(unknown)}; known are '
                                  f'{", ".join(self.arms)}', 'streams.arms')
        for name in ('command_deadline_ns', 'command_lead_ns', 'quiet_ns', 'stall_ns',
                     'clock_jump_ns'):
            if getattr(self, name) <= 0:
                raise ConfigError(f'expected a positive time, got {getattr(self, name)}', name)
        if not 0.0 < self.slow_scale <= 1.0:
            raise ConfigError(f'expected a scale in (0, 1], got {self.slow_scale}', 'slow_scale')
