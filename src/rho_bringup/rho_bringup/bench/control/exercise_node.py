# SPDX-License-Identifier: Apache-2.0
"""Keeps the policy and the arms of a running cell busy."""

import itertools
import time

from rho_bringup.cell_session_node import CellSession

SEED = 3
CHANGE_S = 5.0
"""Time after which the policy gets the next instruction [s]."""

# With one gripper: the arms keep out of each other's way, and the policy commands both anyway.
INSTRUCTIONS = tuple(
    f'Push the {colour} button with the right gripper.'
    for colour in ('red', 'blue', 'green', 'yellow'))


class Exercise:
    """Gives one instruction after the other; releases the arms again when they were stopped."""

    def __init__(self, session: CellSession) -> None:
        """Use a cell that is ready."""
        self._session = session
        self._instructions = itertools.cycle(INSTRUCTIONS)
        self._due_s = 0.0

    def begin(self) -> None:
        """Put the scene into its start state and set the arms in motion.

        Raises:
            StackError: The cell does not become ready.
        """
        self._session.prepare_episode(SEED, INSTRUCTIONS[0])
        self.poll()

    def poll(self) -> None:
        """Let the operator listen for a moment and give the next instruction when it is time.

        Raises:
            StackError: The stack is no longer whole, or the arms are not released.
        """
        session = self._session
        now_s = time.monotonic()
        if now_s >= self._due_s:
            self._due_s = now_s + CHANGE_S
            session.operator.instruct(next(self._instructions))
        session.operator.poll()
        if session.stop_reason() is not None:
            # The policy would go on to where the arms were stopped.
            session.operator.instruct('')
            session.release_arms()
            self._due_s = time.monotonic()
            safety = session.operator.safety
            assert safety is not None
            session.stops.arm(safety.epoch)
