# SPDX-License-Identifier: Apache-2.0
"""A policy in closed loop with an arm that does exactly what the chunk in execution says."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.merging.choice import make_merger
from rho_core.chunks.queue import ChunkQueue
from rho_core.chunks.queue import Ticket
from rho_core.chunks.resample import positions_at
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.policy import Policy


@dataclass(frozen=True, slots=True)
class _Reading:
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a run gave.

    Attributes:
        positions: Of the arm at each step, shape (N, J) [rad].
        seams: Jump at each switch of chunks, in units of (velocity * dt).
    """

    positions: NDArray[np.float64]
    seams: NDArray[np.float64]


class ClosedLoop:
    """Asks the policy again every few steps; each answer comes a number of steps later."""

    def __init__(
        self, policy: Policy, *, stream: str, velocity: NDArray[np.float64], delay: int, every: int
    ) -> None:
        """Create a loop at rest.

        Args:
            policy: Policy of one graph that reads one stream of joints.
            stream: Name of that stream.
            velocity: Largest speeds for the seam, shape (J,) [rad/s].
            delay: Steps from question to answer.
            every: Steps from question to question, at least the delay.
        """
        self._policy = policy
        self._stream = stream
        self._delay = delay
        self._every = max(every, delay)
        self._queue = ChunkQueue(make_merger(policy.manifest.execution), velocity=velocity)

    def run(self, start: NDArray[np.float64], steps: int, *, first_ns: int) -> Course:
        """Runs from a position for a number of steps of the policy's time step."""
        step_ns = round(self._policy.manifest.action.dt_s * 1e9)
        position = np.array(start)
        answers: deque[tuple[int, Ticket, ActionChunk]] = deque()
        positions, seams = [], []
        for step in range(steps):
            now_ns = first_ns + step * step_ns
            chunk = self._queue.begin(now_ns).previous
            if chunk is not None:
                position = positions_at(chunk, np.array([now_ns]))[0][0]
            positions.append(position)
            # An answer that is due now is in execution before the next question is asked.
            seams += self._take(answers, step, now_ns)
            if step % self._every == 0:
                answers.append((step + self._delay, *self._ask(now_ns, position)))
                seams += self._take(answers, step, now_ns)
        # The first chunk follows none: it has no seam.
        return Course(positions=np.array(positions), seams=np.array(seams[1:]))

    def _take(
        self, answers: deque[tuple[int, Ticket, ActionChunk]], step: int, now_ns: int
    ) -> list[float]:
        if not answers or answers[0][0] > step:
            return []
        _, ticket, chunk = answers.popleft()
        return [self._queue.deliver(ticket, chunk, now_ns=now_ns).seam]

    def _ask(self, now_ns: int, position: NDArray[np.float64]) -> tuple[Ticket, ActionChunk]:
        joints = self._policy.manifest.action.joints
        sample: Sample[Any] = Sample(
            stamp_ns=now_ns, received_ns=0, value=_Reading(joints, position))
        frame = AlignedFrame(stamp_ns=now_ns, samples={self._stream: sample}, skew_ns=0)
        if self._policy.context is None:
            self._policy.set_instruction('go')
            self._policy.update_context(frame)
        ticket = self._queue.begin(now_ns)
        return ticket, self._policy.act(frame, ticket.previous, self._delay)
