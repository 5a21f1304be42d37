# SPDX-License-Identifier: Apache-2.0
"""What one check found."""

import enum
from dataclasses import dataclass


class Level(enum.Enum):
    """How bad it is."""

    OK = 'ok'
    WARNING = 'warning'
    ERROR = 'error'


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        name: What was checked.
        level: How bad it is.
        detail: What was found.
        advice: What to do, empty when nothing.
    """

    name: str
    level: Level
    detail: str
    advice: str = ''

    def line(self) -> str:
        """Return one line for a person."""
        advice = f' -> {self.advice}' if self.advice else ''
        return f'{self.level.value:8}{self.name:20}{self.detail}{advice}'

    def tree(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return {'name': self.name, 'level': self.level.value, 'detail': self.detail,
                'advice': self.advice}
