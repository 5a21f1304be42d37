# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a running stack, for those who watch it."""

from collections.abc import Sequence

from rho_bringup.runner.process_exit import ProcessExit
from rho_core.errors import RhoError


class StackError(RhoError):
    """The running stack did not do what it must."""


class NodeDied(StackError):  # noqa: N818 - reads as what happened
    """A process of the stack ended without being asked to."""

    def __init__(self, exits: Sequence[ProcessExit]) -> None:
        """Keep how the processes ended."""
        self.exits = tuple(exits)
        super().__init__('; '.join(end.describe() for end in self.exits))


class TooSlow(StackError):  # noqa: N818 - reads as what happened
    """Something did not happen before its deadline."""
