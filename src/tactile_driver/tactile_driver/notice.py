# SPDX-License-Identifier: Apache-2.0
"""Something to tell a person, once: when a problem appears and when it is over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line for the log.

    Attributes:
        is_problem: whether something is wrong (a warning) or fine again.
        text: what.
    """

    is_problem: bool
    text: str


class Edge:
    """Turns a condition that is asked about again and again into two notices."""

    __slots__ = ('_is_bad',)

    def __init__(self) -> None:
        """Starts without a problem."""
        self._is_bad = False

    @property
    def is_bad(self) -> bool:
        """Whether the problem is present."""
        return self._is_bad

    def update(self, is_bad: bool, problem: str, recovery: str) -> list[Notice]:
        """Returns a notice when the condition has changed, otherwise none."""
        if is_bad == self._is_bad:
            return []
        self._is_bad = is_bad
        return [Notice(is_problem=is_bad, text=problem if is_bad else recovery)]
