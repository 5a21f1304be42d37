# SPDX-License-Identifier: Apache-2.0
"""The list of everything that the watchdog watches, as a cell file and a node parameter say it."""

from __future__ import annotations

import dataclasses
import enum
import json
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml
from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Reaction
from rho_core.safety.skew_rule import SkewRule
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.stream_settings import ReactionName
from rho_core.safety.stream_settings import StreamSettings
from rho_core.safety.stream_settings import to_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewSettings:
    """Two streams that belong together in time: see `SkewRule`."""

    streams: tuple[str, str]
    max_skew_ms: float
    arms: tuple[str, ...] = ()
    reaction: ReactionName = 'STOP'
    trip_after_ms: float = 0.0

    def rule(self, name: str) -> SkewRule:
        """Return what the watchdog works with.

        Raises:
            ConfigError: the values do not fit together.
        """
        return SkewRule(
            name=name,
            streams=self.streams,
            max_skew_ns=to_ns(self.max_skew_ms),
            arms=self.arms,
            reaction=Reaction(permit=Permit[self.reaction],
                              trip_after_ns=to_ns(self.trip_after_ms)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """What is watched.

    Attributes:
        streams: every stream, by name.
        skews: pairs of streams that belong together in time, by name.
    """

    streams: dict[str, StreamSettings]
    skews: dict[str, SkewSettings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check each entry.

        Raises:
            ConfigError: there are no streams, or the values of one do not fit together.
        """
        if not self.streams:
            raise ConfigError('expected at least one stream, got none', 'streams')
        self.rules()

    def rules(self) -> tuple[tuple[StreamRule, ...], tuple[SkewRule, ...]]:
        """Return what the watchdog works with.

        Raises:
            ConfigError: the values of an entry do not fit together.
        """
        return (tuple(_rule('streams', name, one) for name, one in self.streams.items()),
                tuple(_rule('skews', name, one) for name, one in self.skews.items()))

    def to_text(self) -> str:
        """Return it as YAML, for a parameter of a node."""
        return json.dumps(_plain(self))

    @classmethod
    def from_text(cls, text: str) -> WatchList:
        """Read YAML.

        Raises:
            ConfigError: unknown or missing keys, or values that are not allowed.
        """
        return build(cls, load_yaml(text))


def _rule(section: str, name: str, one: Any) -> Any:
    try:
        return one.rule(name)
    except ConfigError as error:
        raise ConfigError(str(error), f'{section}.{name}') from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)
                if getattr(value, item.name) is not None}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, enum.Enum) else value
