# SPDX-License-Identifier: Apache-2.0
"""What the watchdog wants to know of an arm's controller."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerStatus:
    """Value of an observation of role CONTROLLER, out of an ArmState.

    Attributes:
        is_latched: whether the arm stopped, by itself or on a STOP, and waits for a reset.
        stop_epoch: newest epoch of the watchdog that the controller knew when it latched, 0:
            never latched.
        stop_time_s: time that a stop along the active path takes from full speed.
        speed: largest absolute velocity of the command over the joints [rad/s, m/s].
    """

    is_latched: bool
    stop_epoch: int
    stop_time_s: float
    speed: float
