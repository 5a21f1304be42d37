# SPDX-License-Identifier: Apache-2.0
"""Collects what is wrong with a file, so that its author sees everything at once."""

from __future__ import annotations

from rho_core.errors import ConfigError


def join_path(*parts: object) -> str:
    """Joins path elements with dots, leaving out empty ones."""
    return '.'.join(text for part in parts if (text := str(part)))


class Findings:
    """An ordered list of configuration errors."""

    def __init__(self) -> None:
        """Start with none."""
        self._errors: list[ConfigError] = []

    @property
    def errors(self) -> tuple[ConfigError, ...]:
        """What was found so far."""
        return tuple(self._errors)

    def add(self, path: object, problem: str) -> None:
        """Notes one problem at a dotted path."""
        self._errors.append(ConfigError(problem, str(path)))

    def include(self, path: object, error: ConfigError) -> None:
        """Notes an error and its companions, their paths taken as relative to `path`."""
        for one in error.all:
            self.add(join_path(path, one.path), one.problem)

    def raise_if_any(self) -> None:
        """Raises the first error, carrying the others.

        Raises:
            ConfigError: If anything was found.
        """
        if self._errors:
            first, *others = self._errors
            raise ConfigError(first.problem, first.path, others)
