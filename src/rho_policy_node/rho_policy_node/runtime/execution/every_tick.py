# SPDX-License-Identifier: Apache-2.0
"""For graphs that are faster than a tick: each tick acts on what is felt in it."""

from __future__ import annotations

from rho_core.chunks.queue import ChunkQueue
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.execution.inference import Inference
from rho_policy_node.runtime.execution.protocol import Step


class EveryTick:
    """Runs the action graph inside the action tick."""

    def __init__(self, inference: Inference, queue: ChunkQueue) -> None:
        """Create it with an empty queue."""
        self._inference = inference
        self._queue = queue

    def think(self, *, now_ns: int, steady_ns: int) -> str:
        """Has nothing to do."""
        del now_ns, steady_ns
        return ''

    def act(self, frame: AlignedFrame, *, now_ns: int) -> Step:
        """Runs the graph on the frame.

        Raises:
            Refused: The observation or the result is not fit.
        """
        ticket = self._queue.begin(frame.stamp_ns)
        chunk = self._inference.run(frame, ticket.previous)
        delivery = self._queue.deliver(ticket, chunk, now_ns=now_ns)
        return Step(chunk=delivery.chunk, delay=delivery.delay, seam=delivery.seam)

    def reset(self) -> None:
        """Drops the chunk in execution."""
        self._queue.reset()
