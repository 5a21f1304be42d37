# SPDX-License-Identifier: Apache-2.0
"""Everything the watchdog's decisions depend on beside its observations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rho_core.errors import ConfigError
from rho_core.safety.skew_rule import SkewRule
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule

_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogRules:
    """What is watched and what is done about it.

    Attributes:
        arms: names of the arms.
        streams: every stream that is watched.
        skews: pairs of them that belong together in time.
        is_coupled: whether a fault of one arm restrains all.
        quiet_ns: time without an active cause before a reset is accepted.
        stall_ns: longest time between two decisions; controllers stop by themselves after it.
        clock_jump_ns: largest step of the ROS clock.
        moving_speed: speed of a joint from which an arm counts as moving [rad/s, m/s].
        max_stop_time_s: longest time for a stop that a controller is believed.
    """

    arms: tuple[str, ...]
    streams: tuple[StreamRule, ...]
    skews: tuple[SkewRule, ...] = ()
    is_coupled: bool = True
    quiet_ns: int = 500 * _MS
    stall_ns: int = 50 * _MS
    clock_jump_ns: int = 100 * _MS
    moving_speed: float = 0.02
    max_stop_time_s: float = 2.0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no arms, doubled names, unknown arms or streams, two streams of a role
                that stands once per arm, or a time that is not positive.
        """
        if not self.arms or len(set(self.arms)) != len(self.arms):
            raise ConfigError(f'expected unique names, at least one, got {self.arms}', 'arms')
        names = [rule.name for rule in self.streams]
        _require_unique(names, 'streams')
        _require_unique([rule.name for rule in self.skews], 'skews')
        for rule in self.streams:
            self._require_known(rule.name, rule.arms, self.arms, 'streams.arms')
        for skew in self.skews:
            self._require_known(skew.name, skew.arms, self.arms, 'skews.arms')
            self._require_known(skew.name, skew.streams, names, 'skews.streams')
        for role in (StreamRole.COMMAND, StreamRole.CONTROLLER):
            _require_unique([f'{role.value} of {r.arms[0]}' for r in self.streams
                             if r.role is role], 'streams')
        if not self.has(StreamRole.CONTROLLER):
            blind = [rule.name for rule in self.streams
                     if rule.freeze is not None and rule.freeze.only_while_moving]
            if blind:
                raise ConfigError(f'{blind[0]}: only_while_moving needs a stream of role '
                                  'controller, there is none', 'streams.freeze')
        for field in ('quiet_ns', 'stall_ns', 'clock_jump_ns', 'moving_speed',
                      'max_stop_time_s'):
            if not getattr(self, field) > 0:
                raise ConfigError(f'expected a positive number, got {getattr(self, field)}', field)

    def has(self, role: StreamRole) -> bool:
        """Return whether there is a stream of a role."""
        return any(rule.role is role for rule in self.streams)

    @staticmethod
    def _require_known(
        rule: str, names: Iterable[str], known: Iterable[str], path: str
    ) -> None:
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ConfigError(f'{rule}: unknown {", ".join(unknown)}; known are '
                              f'{", ".join(known)}', path)


def _require_unique(names: list[str], path: str) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigError(f'expected each once, got {", ".join(doubled)} more than once', path)
