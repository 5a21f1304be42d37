# SPDX-License-Identifier: Apache-2.0
"""What a way to run the action graph must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.streams.frame import AlignedFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one action tick is to publish.

    Attributes:
        chunk: Joint targets, in the order of the limiter; None: what was published stands.
        delay: Rows of the newest result that were due before it came.
        seam: Jump at the last switch in units of (velocity * dt).
    """

    chunk: ActionChunk | None
    delay: int
    seam: float


class Execution(Protocol):
    """Runs the action graph of one policy. `think` belongs to the slow thread."""

    def think(self, *, now_ns: int, steady_ns: int) -> str:
        """Does the slow part, after the context has been renewed; returns why it could not."""
        ...

    def act(self, frame: AlignedFrame, *, now_ns: int) -> Step:
        """Returns what to publish.

        Args:
            frame: Newest observation of the action graph, not decoded.
            now_ns: ROS time.

        Raises:
            Refused: There is nothing fit to be published.
        """
        ...

    def reset(self) -> None:
        """Drops the chunk in execution and whatever is being computed."""
        ...
