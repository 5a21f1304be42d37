# SPDX-License-Identifier: Apache-2.0
"""Changes the policy under way: the new one takes over at the edge of a chunk, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.report import PolicyMode
from rho_core.chunks.seam import seam
from rho_core.errors import Refused
from rho_policy_node.runtime.runner import PolicyRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOutcome:
    """How a proposal ended.

    Attributes:
        accepted: Whether the candidate runs now.
        detail: Why not, or how it took over.
        retired: The runner that is not needed any more.
    """

    accepted: bool
    detail: str
    retired: PolicyRunner


class RunnerSwitch:
    """Holds the runner in force and perhaps a candidate.

    While the one in force publishes, the candidate ticks beside it on the same inputs. It takes
    over with the first chunk that continues the motion; when none does within the time limit, it
    is dropped and nothing has changed. A policy that does not move anything is replaced as soon
    as the candidate is there.
    """

    def __init__(
        self,
        runner: PolicyRunner,
        *,
        velocity: NDArray[np.float64],
        max_seam: float = 1.0,
        timeout_ns: int = 5_000_000_000,
    ) -> None:
        """Create a switch without candidate.

        Args:
            runner: The runner in force.
            velocity: Largest speeds in the order of the chunks' joints, shape (J,).
            max_seam: Largest jump at the switch, in units of (velocity * dt).
            timeout_ns: Patience with a candidate [ns].
        """
        self._runner = runner
        self._velocity = velocity
        self._max_seam = max_seam
        self._timeout_ns = timeout_ns
        self._candidate: PolicyRunner | None = None
        self._tell: Callable[[SwitchOutcome], object] = lambda _outcome: None
        self._deadline_ns: int | None = None
        self._least_seam = np.inf
        self._last: ActionChunk | None = None

    @property
    def runner(self) -> PolicyRunner:
        """The runner in force."""
        return self._runner

    @property
    def runners(self) -> tuple[PolicyRunner, ...]:
        """All that want inputs and ticks."""
        candidate = self._candidate
        return (self._runner,) if candidate is None else (self._runner, candidate)

    def propose(self, candidate: PolicyRunner, tell: Callable[[SwitchOutcome], object]) -> None:
        """Takes a candidate; `tell` is called once, from the action thread.

        Raises:
            Refused: There is one already.
        """
        if self._candidate is not None:
            raise Refused('another bundle is being loaded, try again later')
        # It begins where the one in force is; the permit follows with the next tick.
        candidate.request(self._runner.requested)
        self._tell = tell
        self._deadline_ns = None
        self._least_seam = np.inf
        self._candidate = candidate

    def request(self, instruction: str) -> None:
        """Passes an instruction on."""
        for runner in self.runners:
            runner.request(instruction)

    def set_permit(self, problem: str) -> None:
        """Passes on why the arms may not move."""
        for runner in self.runners:
            runner.set_permit(problem)

    def action_tick(self, *, now_ns: int, steady_ns: int) -> ActionChunk | None:
        """Ticks the runner in force, and the candidate if there is one.

        Returns:
            The chunk to publish, None: none.
        """
        chunk = self._runner.action_tick(now_ns=now_ns, steady_ns=steady_ns)
        candidate = self._candidate
        if candidate is not None:
            offered = candidate.action_tick(now_ns=now_ns, steady_ns=steady_ns)
            if self._judge(candidate, chunk, offered, steady_ns):
                chunk = offered
        if chunk is not None:
            self._last = chunk
        return chunk

    def _judge(
        self,
        candidate: PolicyRunner,
        chunk: ActionChunk | None,
        offered: ActionChunk | None,
        steady_ns: int,
    ) -> bool:
        """Decides on the candidate; returns whether it has taken over."""
        if self._runner.report().mode is not PolicyMode.RUNNING:
            return self._accept(candidate, 'nothing was in motion')
        if self._deadline_ns is None:
            self._deadline_ns = steady_ns + self._timeout_ns
        before = chunk if chunk is not None else self._last
        if offered is not None and before is not None:
            jump = seam(before, offered, self._velocity)
            self._least_seam = min(self._least_seam, jump)
            if jump <= self._max_seam:
                return self._accept(candidate, f'seam {jump:.3f}')
        if steady_ns >= self._deadline_ns:
            reason = candidate.report().reason or (
                f'the seam would be {self._least_seam:.2f}, allowed {self._max_seam:.2f}')
            self._end(SwitchOutcome(
                accepted=False, retired=candidate,
                detail=f'not within {self._timeout_ns * 1e-9:.1f} s: {reason}'))
        return False

    def _accept(self, candidate: PolicyRunner, detail: str) -> bool:
        retired, self._runner = self._runner, candidate
        self._end(SwitchOutcome(accepted=True, detail=detail, retired=retired))
        return True

    def _end(self, outcome: SwitchOutcome) -> None:
        self._candidate = None
        self._tell(outcome)
