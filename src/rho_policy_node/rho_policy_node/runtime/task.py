# SPDX-License-Identifier: Apache-2.0
"""One instruction that somebody waits for: from its start to its outcome."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport


class TaskResult(enum.IntEnum):
    """How a task ended; numbers as in ExecuteInstruction.action."""

    DONE = 0
    TIMEOUT = 1
    CANCELED = 2
    STOPPED = 3
    FAILED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutcome:
    """The end of a task."""

    result: TaskResult
    message: str


class Task:
    """Judges after each action tick whether the task is over.

    `update` and `replace` belong to the action thread; `cancel` and the properties may be used
    from any other one.
    """

    def __init__(
        self, instruction: str, *, timeout_ns: int = 0, patience_ns: int = 5_000_000_000
    ) -> None:
        """Create a task that has not begun.

        Args:
            instruction: What to do.
            timeout_ns: Longest time to try [ns], 0: no limit.
            patience_ns: Longest time in which the policy cannot run [ns].
        """
        self.instruction = instruction
        self._timeout_ns = timeout_ns
        self._patience_ns = patience_ns
        self._is_canceled = False
        self._start_ns: int | None = None
        self._ran_ns = 0
        self._has_run = False
        self._elapsed_s = 0.0
        self._chunk_seq = 0
        self._outcome: TaskOutcome | None = None

    @property
    def outcome(self) -> TaskOutcome | None:
        """How it ended, None while it goes on."""
        return self._outcome

    @property
    def elapsed_s(self) -> float:
        """Time since it began [s]."""
        return self._elapsed_s

    @property
    def chunk_seq(self) -> int:
        """The last chunk that was published."""
        return self._chunk_seq

    def cancel(self) -> None:
        """Ends it with the next tick."""
        self._is_canceled = True

    def replace(self, by: str) -> None:
        """Ends it because something else is to be done."""
        self._end(TaskResult.FAILED, f'given up: {by}')

    def update(self, *, steady_ns: int, report: PolicyReport, stop: str, is_over: bool) -> None:
        """Takes note of a tick.

        Args:
            steady_ns: Steady clock [ns].
            report: What the policy did in the tick.
            stop: Why the arms may not move, empty if they may.
            is_over: Whether the model says that the task is over.
        """
        if self._start_ns is None:
            self._start_ns = self._ran_ns = steady_ns
        age_ns = steady_ns - self._start_ns
        self._elapsed_s = age_ns * 1e-9
        self._chunk_seq = report.chunk_seq
        if report.mode is PolicyMode.RUNNING:
            self._ran_ns = steady_ns
            self._has_run = True
        if self._is_canceled:
            self._end(TaskResult.CANCELED, f'canceled after {self._elapsed_s:.1f} s')
        elif is_over:
            self._end(TaskResult.DONE, f'the model ended it after {self._elapsed_s:.1f} s')
        elif stop and self._has_run:
            self._end(TaskResult.STOPPED, stop)
        elif self._timeout_ns and age_ns >= self._timeout_ns:
            self._end(TaskResult.TIMEOUT, f'not done within {self._timeout_ns * 1e-9:g} s')
        elif steady_ns - self._ran_ns > self._patience_ns:
            self._end(TaskResult.FAILED, stop or report.reason)

    def _end(self, result: TaskResult, message: str) -> None:
        if self._outcome is None:
            self._outcome = TaskOutcome(result=result, message=message)
