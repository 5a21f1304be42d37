# SPDX-License-Identifier: Apache-2.0
"""What the policy says about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyActivity:
    """The policy's word.

    Attributes:
        stamp_ns: when it said so [ns, ROS time].
        is_running: whether it publishes trajectories.
    """

    stamp_ns: int
    is_running: bool
