# SPDX-License-Identifier: Apache-2.0
"""For graphs that take longer than a tick: they run in the slow thread, as often as they can."""

from __future__ import annotations

import threading
from collections import deque

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.queue import ChunkQueue
from rho_core.chunks.queue import Ticket
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.execution.inference import Inference
from rho_policy_node.runtime.execution.protocol import Step
from rho_policy_node.runtime.feed import InputFeed

_DELAYS = 5  # of the last results: the largest one is expected of the next


class Asynchronous:
    """Publishes in every tick what is still to come of the chunk in execution.

    When the graph stalls the chunk runs out and nothing is published any more; the arm
    controllers come to rest at the end of what they have.
    """

    def __init__(self, inference: Inference, queue: ChunkQueue, feed: InputFeed) -> None:
        """Create it with an empty queue.

        Args:
            inference: Runs the graph.
            queue: Chunk in execution.
            feed: Observations of the action graph.
        """
        self._inference = inference
        self._queue = queue
        self._feed = feed
        self._lock = threading.Lock()
        self._delays: deque[int] = deque(maxlen=_DELAYS)
        self._seam = 0.0
        self._published_ns = 0
        self._result: tuple[Ticket, ActionChunk] | None = None

    def think(self, *, now_ns: int, steady_ns: int) -> str:
        """Runs the graph once; the next action tick takes the result."""
        frame = self._feed.align(now_ns=now_ns, steady_ns=steady_ns)
        if not isinstance(frame, AlignedFrame):
            return '; '.join(str(problem) for problem in frame)
        with self._lock:
            ticket = self._queue.begin(frame.stamp_ns)
            expected = max(self._delays, default=0)
        try:
            chunk = self._inference.run(frame, ticket.previous, expected)
        except Refused as error:
            return str(error)
        with self._lock:
            self._result = (ticket, chunk)
        return ''

    def act(self, frame: AlignedFrame, *, now_ns: int) -> Step:
        """Takes a new result, if there is one, and returns what is still to come.

        Raises:
            Refused: There is no chunk yet, or it has run out.
        """
        del frame
        with self._lock:
            refusal = self._take_result(now_ns)
            rest = self._queue.resampled(now_ns)
            delay = self._delays[-1] if self._delays else 0
            seam, self._seam = self._seam, 0.0
        if rest is None:
            raise Refused(refusal or 'no chunk: the last one has run out or none has come yet')
        # Before its first row is due a chunk says the same again; controllers take that for old.
        is_new = rest.stamp_ns > self._published_ns
        self._published_ns = max(rest.stamp_ns, self._published_ns)
        return Step(chunk=rest if is_new else None, delay=delay, seam=seam)

    def reset(self) -> None:
        """Drops the chunk in execution and the result that is being computed."""
        with self._lock:
            self._queue.reset()
            self._delays.clear()
            self._published_ns = 0

    def _take_result(self, now_ns: int) -> str:
        if self._result is None:
            return ''
        ticket, chunk = self._result
        self._result = None
        try:
            delivery = self._queue.deliver(ticket, chunk, now_ns=now_ns)
        except Refused as error:
            return str(error)
        self._delays.append(delivery.delay)
        self._seam = delivery.seam
        return ''
