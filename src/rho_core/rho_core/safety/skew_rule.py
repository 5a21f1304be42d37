# SPDX-License-Identifier: Apache-2.0
"""Two streams that belong together in time."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_core.errors import ConfigError
from rho_core.safety.reaction import Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewRule:
    """How far the newest stamps of two streams may lie apart.

    Both streams have rules of their own. The newest stamps of two healthy streams differ by up to
    one period: the limit must exceed it, or the reaction must wait for it.

    Attributes:
        name: the cause is `<name>.skew`.
        streams: names of the two streams.
        max_skew_ns: largest distance.
        arms: arms that it restrains, empty: all.
        reaction: what it does.
    """

    name: str
    streams: tuple[str, str]
    max_skew_ns: int
    arms: tuple[str, ...] = ()
    reaction: Reaction = field(default_factory=Reaction)

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no name, not two different streams, or no positive limit.
        """
        if not self.name:
            raise ConfigError('expected a name, got an empty one', 'skews.name')
        if len(self.streams) != 2 or self.streams[0] == self.streams[1]:
            raise ConfigError(f'{self.name}: expected two different streams, got '
                              f'{", ".join(self.streams)}', 'skews.streams')
        if self.max_skew_ns <= 0:
            raise ConfigError(f'{self.name}: expected a positive distance, got '
                              f'{self.max_skew_ns} ns', 'skews.max_skew_ns')
