# SPDX-License-Identifier: Apache-2.0
"""Turns the travel of a button into press edges."""

from rho_sim.scene import TRAVEL_M

PRESS_M = 0.60 * TRAVEL_M
RELEASE_M = 0.25 * TRAVEL_M


class PressDetector:
    """A button is pressed above 60 % of its travel and released below 25 %."""

    def __init__(self) -> None:
        """Start released."""
        self.is_pressed = False

    def update(self, depth_m: float) -> bool:
        """Take a depth; return True at the press edge."""
        if self.is_pressed:
            self.is_pressed = depth_m >= RELEASE_M
            return False
        self.is_pressed = depth_m > PRESS_M
        return self.is_pressed
