# SPDX-License-Identifier: Apache-2.0
"""What the lifecycle manager says on the latched topic `bringup/state`."""

import enum
from dataclasses import dataclass

TOPIC = 'bringup/state'


class Phase(enum.Enum):
    """Where the cell is on its way up and down."""

    STARTING = 'starting'
    READY = 'ready'
    FAILED = 'failed'
    STOPPING = 'stopping'


@dataclass(frozen=True, slots=True, kw_only=True)
class BringupState:
    """One state: the phase and a detail for a person. On the wire: `<phase>: <detail>`."""

    phase: Phase
    detail: str = ''

    def to_text(self) -> str:
        """Return the text on the wire."""
        return f'{self.phase.value}: {self.detail}' if self.detail else self.phase.value

    @classmethod
    def from_text(cls, text: str) -> 'BringupState':
        """Read the text on the wire.

        Raises:
            ValueError: The text does not start with a phase.
        """
        phase, _, detail = text.partition(': ')
        return cls(phase=Phase(phase), detail=detail)
