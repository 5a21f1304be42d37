# SPDX-License-Identifier: Apache-2.0
"""Decides which of several sources may command an arm."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.command_source import CommandSource

_NS_PER_S = 1e9


class SourceArbiter:
    """Gives the arm to one source at a time.

    A source of equal or higher rank takes the arm over at any moment: its trajectory is spliced
    onto the motion in progress. A lower one waits until the holder's trajectory has ended and the
    holder's time is up: a policy that goes on publishing must not jerk the arm out of a person's
    hands between two of the person's commands.
    """

    def __init__(self, hold_ns: Mapping[CommandSource, int]) -> None:
        """Start with a free arm.

        Args:
            hold_ns: how long a source keeps the arm after its trajectory has ended [ns]; a source
                that is not mentioned gives it back at once.

        Raises:
            ConfigError: a time is negative.
        """
        for source, time_ns in hold_ns.items():
            if time_ns < 0:
                raise ConfigError(f'{source.label}: expected >= 0, got {time_ns}', 'hold_ns')
        self._hold_ns = MappingProxyType(dict(hold_ns))
        self._holder: CommandSource | None = None
        self._until_ns = 0

    @property
    def holder(self) -> CommandSource | None:
        """Who has the arm, None: nobody."""
        return self._holder

    def check(self, source: CommandSource, steady_ns: int) -> None:
        """Return when a source may command now.

        Raises:
            Refused: the arm belongs to a source of higher rank.
        """
        holder = self._holder
        if holder is None or source >= holder:
            return
        left_s = (self._until_ns - steady_ns) / _NS_PER_S
        raise Refused(f'{source.label}: the arm is commanded by {holder.label}, and for '
                      f'{max(left_s, 0.0):.1f} s after its trajectory')

    def take(self, source: CommandSource, steady_ns: int) -> None:
        """Give the arm to a source whose trajectory was accepted."""
        self._holder = source
        self._until_ns = steady_ns + self._hold_ns.get(source, 0)

    def update(self, steady_ns: int, *, is_moving: bool) -> None:
        """Let time pass.

        Args:
            steady_ns: steady time.
            is_moving: whether the holder's trajectory is still followed.
        """
        if self._holder is None:
            return
        if is_moving:
            self._until_ns = steady_ns + self._hold_ns.get(self._holder, 0)
        elif steady_ns >= self._until_ns:
            self._holder = None

    def release(self) -> None:
        """Take the arm from whoever has it, e.g. because it was stopped."""
        self._holder = None
