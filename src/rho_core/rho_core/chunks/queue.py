# SPDX-License-Identifier: Apache-2.0
"""The chunk in execution, for policies whose answers take longer than a step."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.merging.protocol import ChunkMerger
from rho_core.chunks.resample import positions_at
from rho_core.chunks.resample import row_stamps_ns
from rho_core.chunks.seam import seam
from rho_core.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What an inference started with; its result comes back with it.

    Attributes:
        epoch: Epoch of the queue.
        stamp_ns: Time of the observation [ns, ROS time].
        previous: What was in execution then, None: nothing.
    """

    epoch: int
    stamp_ns: int
    previous: ActionChunk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a result.

    Attributes:
        chunk: What is executed from now on.
        delay: Rows that were due before the result came: actions consumed since the observation.
        seam: Jump at the switch in units of (velocity * dt), 0 without a predecessor.
    """

    chunk: ActionChunk
    delay: int
    seam: float


class ChunkQueue:
    """Executes by time, not by counting calls: a row is consumed when its time has come.

    The delay of a result is therefore what was really consumed, never an estimate of latency.
    Each reset starts an epoch; results of inferences that began before it are refused.
    """

    def __init__(self, merger: ChunkMerger, *, velocity: NDArray[np.float64]) -> None:
        """Create an empty queue.

        Args:
            merger: How a new chunk is joined with the one in execution.
            velocity: Largest speeds in the order of the chunks' joints, shape (J,), for the seam.
        """
        self._merger = merger
        self._velocity = velocity
        self._epoch = 0
        self._chunk: ActionChunk | None = None

    @property
    def epoch(self) -> int:
        """Counts resets."""
        return self._epoch

    def reset(self) -> None:
        """Drops the chunk in execution and everything that is still being computed."""
        self._epoch += 1
        self._chunk = None
        self._merger.reset()

    def begin(self, stamp_ns: int) -> Ticket:
        """Returns the ticket for an inference on an observation of the given time."""
        return Ticket(epoch=self._epoch, stamp_ns=stamp_ns, previous=self._chunk)

    def deliver(self, ticket: Ticket, chunk: ActionChunk, *, now_ns: int) -> Delivery:
        """Takes a result.

        Args:
            ticket: What its inference started with.
            chunk: The result.
            now_ns: ROS time.

        Raises:
            Refused: If a reset came in between, or all its rows are in the past; what is in
                execution stays.
        """
        if ticket.epoch != self._epoch:
            raise Refused(f'chunk: computed in epoch {ticket.epoch}, now is {self._epoch}: '
                          'dropped, a reset came in between')
        delay = int(np.searchsorted(row_stamps_ns(chunk), now_ns, side='right'))
        if delay >= len(chunk.positions):
            raise Refused(f'chunk: all {delay} rows were due before it came, '
                          f'{(now_ns - ticket.stamp_ns) * 1e-6:.0f} ms after its observation')
        merged = self._merger.merge(_drop(chunk, delay))
        jump = 0.0 if self._chunk is None else seam(self._chunk, merged, self._velocity)
        self._chunk = merged
        return Delivery(chunk=merged, delay=delay, seam=jump)

    def window(self, now_ns: int) -> ActionChunk | None:
        """Returns the rows that are still to come, None when there are none."""
        if self._chunk is None:
            return None
        past = int(np.searchsorted(row_stamps_ns(self._chunk), now_ns, side='right'))
        return _drop(self._chunk, past) if past < len(self._chunk.positions) else None

    def resampled(self, now_ns: int) -> ActionChunk | None:
        """Returns what is still to come, from now on in steps of a row; None when nothing is.

        Each call gives another first time, so that the chunk can be published again and again; a
        rest shorter than a step is left out.
        """
        chunk = self._chunk
        if chunk is None or now_ns > chunk.end_ns:
            return None
        start_ns = max(now_ns, chunk.stamp_ns)
        stamps_ns = np.arange(start_ns, chunk.end_ns + 1, chunk.step_ns, dtype=np.int64)
        rows, _ = positions_at(chunk, stamps_ns)
        return replace(chunk, stamp_ns=start_ns, positions=rows)


def _drop(chunk: ActionChunk, rows: int) -> ActionChunk:
    if rows == 0:
        return chunk
    return replace(chunk, stamp_ns=int(row_stamps_ns(chunk)[rows]),
                   positions=chunk.positions[rows:])
