# SPDX-License-Identifier: Apache-2.0
"""Errors that Rho raises on purpose. Anything else that escapes is a bug in Rho."""

from __future__ import annotations

from collections.abc import Sequence


class RhoError(Exception):
    """Base of all errors that Rho raises on purpose."""


class ConfigError(RhoError):
    """A file or parameter that its author has to correct.

    Attributes:
        path: Dotted path of the offending entry (`streams.0.unit`), empty when it is the whole.
        problem: What was expected, what was found and what to do, without the path.
        others: Further errors found in the same pass.
    """

    def __init__(self, problem: str, path: str = '', others: Sequence[ConfigError] = ()) -> None:
        """Create the error; `str()` gives `<path>: <problem>`."""
        super().__init__(f'{path}: {problem}' if path else problem)
        self.problem = problem
        self.path = path
        self.others = tuple(others)

    @property
    def all(self) -> tuple[ConfigError, ...]:
        """This error and the others of the same pass, in order."""
        return (self, *self.others)


class Refused(RhoError):  # noqa: N818 - reads as the verdict it is
    """Input that was refused at run time; the state before it stays in force."""
