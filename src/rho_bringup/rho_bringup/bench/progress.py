# SPDX-License-Identifier: Apache-2.0
"""How far a long measurement is."""

from collections.abc import Callable

EVERY_S = 10.0
"""Time between two lines [s]."""


class Progress:
    """Says `what: 20 of 60 s` now and then. Time comes in as an argument."""

    def __init__(self, say: Callable[[str], None], every_s: float = EVERY_S) -> None:
        """Speak through `say`, at most every `every_s` seconds."""
        self._say = say
        self._every_s = every_s
        self._what = ''
        self._due_s = 0.0

    def start(self, what: str, now_s: float) -> None:
        """Begin a part of the measurement and say so."""
        self._what = what
        self._due_s = now_s + self._every_s
        self._say(what)

    def update(self, done: float, total: float, unit: str, now_s: float) -> None:
        """Say how much is done, unless it was said a moment ago."""
        if now_s >= self._due_s:
            self._due_s = now_s + self._every_s
            self._say(f'  {self._what}: {done:.0f} of {total:.0f} {unit}')
