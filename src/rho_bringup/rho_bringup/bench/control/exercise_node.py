# SPDX-License-Identifier: Apache-2.0
"""Keeps the policy and the arms of a running cell busy."""

import itertools
import time

from rho_bringup.cell_session_node import CellSession
from rho_bringup.homing_node import is_home
from rho_bringup.homing_node import send_home
from rho_interfaces.msg import PolicyStatus

SEED = 3
PUSH_S = 6.0
"""Time that the policy gets for each instruction [s]."""

HOME_S = 6.0
"""Time after which the way home is given up: the policy goes on from where the arms are [s]."""

INSTRUCTIONS = tuple(
    f'Push the {colour} button with the {side} gripper.'
    for colour, side in (('red', 'right'), ('green', 'left'), ('blue', 'right'),
                         ('yellow', 'left')))


class Exercise:
    """Lets the policy push one button after the other, each from home.

    Arms that were stopped are released again and sent home.
    """

    def __init__(self, session: CellSession) -> None:
        """Use a cell that is ready."""
        self._session = session
        self._instructions = itertools.cycle(INSTRUCTIONS)
        self._is_pushing = False
        self._has_sent = False
        self._due_s = 0.0
        self.stop_reasons: list[str] = []
        """Why the arms were stopped, in order."""

    def begin(self) -> None:
        """Put the scene into its start state and set the arms in motion.

        Raises:
            StackError: The cell does not become ready.
        """
        self._session.prepare_episode(SEED, INSTRUCTIONS[0])
        self._push()

    def poll(self) -> None:
        """Let the operator listen for a moment and give the next order when it is time.

        Raises:
            StackError: The stack is no longer whole, or the arms are not released.
        """
        session = self._session
        session.operator.poll()
        reason = session.stop_reason()
        if reason is not None:
            self.stop_reasons.append(reason)
            # The policy would go on to where the arms were stopped.
            self._go_home()
            session.release_arms()
            safety = session.operator.safety
            assert safety is not None
            session.stops.arm(safety.epoch)
        elif self._is_pushing:
            if time.monotonic() >= self._due_s:
                self._go_home()
        elif not self._has_sent:
            if session.policy_mode() == PolicyStatus.MODE_IDLE and session.arms_at_rest():
                self._has_sent = True
                send_home(session)
        elif is_home(session):
            self._push()
        if not self._is_pushing and time.monotonic() >= self._due_s:
            self._push()

    def _push(self) -> None:
        self._is_pushing = True
        self._due_s = time.monotonic() + PUSH_S
        self._session.operator.instruct(next(self._instructions))

    def _go_home(self) -> None:
        self._is_pushing = False
        self._has_sent = False
        self._due_s = time.monotonic() + HOME_S
        self._session.operator.instruct('')
