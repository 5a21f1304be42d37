# SPDX-License-Identifier: Apache-2.0
"""What all monitors of a stream have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation


class StreamMonitor(Protocol):
    """Looks at the samples of one stream for one kind of trouble.

    Monitors are asked more than a hundred times a second, so what can be judged when a sample
    comes is judged then.
    """

    def observe(self, item: Observation) -> None:
        """Take note of a sample."""

    def check(self, now_ns: int, steady_ns: int) -> Sequence[StreamFault]:
        """Return what is wrong now [ROS time, steady time], empty when nothing is."""

    def forget(self) -> None:
        """Be as before the first sample."""
