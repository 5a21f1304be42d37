# SPDX-License-Identifier: Apache-2.0
"""How a process ended."""

import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExit:
    """How a process ended, and what it said last.

    Attributes:
        name: Name of the node.
        code: Exit code, negative: the signal that ended it.
        last_lines: Last lines of its output, oldest first.
    """

    name: str
    code: int
    last_lines: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether the process ended well."""
        return self.code == 0

    def describe(self) -> str:
        """Return one sentence for a person."""
        if self.code >= 0:
            return f'{self.name} ended with exit code {self.code}'
        try:
            name = signal.Signals(-self.code).name
        except ValueError:
            name = str(-self.code)
        return f'{self.name} was ended by signal {name}'

    def report(self) -> str:
        """Return the sentence and, indented, the last lines."""
        lines = self.last_lines or ('(no output)',)
        return '\n'.join([f'{self.describe()}; its last lines:', *(f'    {x}' for x in lines)])
