# SPDX-License-Identifier: Apache-2.0
"""Hands tasks from the executor's thread to the action loop, one at a time."""

from __future__ import annotations

from collections.abc import Callable

from rho_core.chunks.report import PolicyReport
from rho_core.errors import Refused
from rho_policy_node.runtime.task import Task

Request = Callable[[str], object]


class TaskDesk:
    """Owns the task in hand; a plain instruction takes precedence over it."""

    def __init__(self, request: Request) -> None:
        """Create a desk without task.

        Args:
            request: Gives an instruction to the policy, an empty one: stop.
        """
        self._request = request
        self._waiting: Task | None = None
        self._task: Task | None = None

    @property
    def is_free(self) -> bool:
        """Whether a task would be taken."""
        return self._waiting is None and self._task is None

    def put(self, task: Task) -> None:
        """Takes a task, from the executor's thread.

        Raises:
            Refused: There is one already.
        """
        if not self.is_free:
            raise Refused('another instruction is being carried out, cancel it first')
        self._waiting = task

    def instruct(self, text: str) -> None:
        """Passes on a plain instruction."""
        self._give_up('an instruction came by topic')
        self._request(text)

    def begin(self) -> None:
        """Takes up a waiting task; called before each action tick."""
        if self._task is None and self._waiting is not None:
            self._task, self._waiting = self._waiting, None
            self._request(self._task.instruction)

    def end(self, *, steady_ns: int, report: PolicyReport, stop: str, is_over: bool) -> None:
        """Judges the task in hand; called after each action tick."""
        task = self._task
        if task is None:
            return
        task.update(steady_ns=steady_ns, report=report, stop=stop, is_over=is_over)
        if task.outcome is not None:
            self._task = None
            self._request('')

    def close(self, why: str) -> None:
        """Gives up whatever there is."""
        self._give_up(why)

    def _give_up(self, why: str) -> None:
        for task in (self._task, self._waiting):
            if task is not None:
                task.replace(why)
        self._task = self._waiting = None
