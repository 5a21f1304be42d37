# SPDX-License-Identifier: Apache-2.0
"""What the watchdog saw since its last decision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The newest sample of one stream.

    Attributes:
        stream: name of the stream, for the trajectories of an arm `command.<arm>`.
        stamp_ns: its stamp [ns, ROS time].
        received_ns: when it was received [ns, steady clock].
    """

    stream: str
    stamp_ns: int
    received_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyActivity:
    """What the policy says about itself.

    Attributes:
        stamp_ns: when it said so [ns, ROS time].
        is_running: whether it publishes trajectories.
    """

    stamp_ns: int
    is_running: bool
