# SPDX-License-Identifier: Apache-2.0
"""One run of the action graph, from an aligned frame to a chunk within limits."""

from __future__ import annotations

from collections.abc import Callable

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.policy import Policy

Decode = Callable[[AlignedFrame], AlignedFrame]


class Inference:
    """Decodes, runs, limits."""

    def __init__(self, policy: Policy, limiter: ChunkLimiter, decode: Decode) -> None:
        """Create it.

        Args:
            policy: A verified policy.
            limiter: What every chunk passes.
            decode: Decodes the sample values of a frame that is used.
        """
        self._policy = policy
        self._limiter = limiter
        self._decode = decode

    def run(
        self, frame: AlignedFrame, previous: ActionChunk | None = None, delay: int = 0
    ) -> ActionChunk:
        """Returns the chunk for an observation, joints in the order of the limiter.

        Args:
            frame: Observation, not decoded.
            previous: Chunk in execution.
            delay: Rows that will be due before the result comes.

        Raises:
            Refused: The observation does not fit, or the result is not fit to be executed.
        """
        frame = self._decode(frame)
        wanted = self._policy.act(frame, previous, delay)
        start = self._policy.measured_positions(frame)
        order = [wanted.joint_names.index(name) for name in self._limiter.names]
        return self._limiter.apply(wanted, start[order])
