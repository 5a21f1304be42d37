# SPDX-License-Identifier: Apache-2.0
"""What a relay is told to do with the messages that pass through it."""

from __future__ import annotations

import json
from dataclasses import asdict
from dataclasses import dataclass

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrder:
    """One order; the default passes everything on at once.

    Attributes:
        delay_s: How much later messages arrive.
        is_frozen: Whether the content of the newest message is sent again and again, with the
            stamps of the messages that come.
    """

    delay_s: float = 0.0
    is_frozen: bool = False

    def __post_init__(self) -> None:
        """Check the delay."""
        if not self.delay_s >= 0.0:
            raise ConfigError(f'expected >= 0, got {self.delay_s}', 'delay_s')

    def to_text(self) -> str:
        """Return the order as it is sent."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> RelayOrder:
        """Read an order.

        Raises:
            ConfigError: It is not one.
        """
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise ConfigError(f'{text!r} is not an order for a relay: {error}') from None


def control_topic(relay: str) -> str:
    """Return the topic on which a relay takes orders."""
    return f'bench/{relay}/order'
