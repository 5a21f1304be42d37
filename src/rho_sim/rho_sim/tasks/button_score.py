# SPDX-License-Identifier: Apache-2.0
"""Scores the button task from press edges and tip positions."""

import math

import numpy as np
from numpy.typing import NDArray

from rho_sim.score import Score
from rho_sim.tasks.buttons import parse

WRONG_ARM_TRAVEL_M = 0.05


class ButtonScore:
    """Success: exactly one press edge of the named button, of no other, by the named gripper.

    Failed, for the rest of the episode: a press of another button, a second press, a press by the
    arm that was not named, and, when an arm is named, a tip of the other arm that was more than
    5 cm away from where it was at the reset. Nothing else fails: success may still be lost.
    """

    def __init__(self, instruction: str, tips: dict[str, NDArray[np.float64]]) -> None:
        """Start an episode.

        Args:
            instruction: the task, empty: nothing is scored.
            tips: where the tip of each arm is at the reset [m].
        """
        self._instruction = instruction
        self._goal = parse(instruction) if instruction else None
        self._resting = {}
        if self._goal is not None and self._goal.arm is not None:
            self._resting = {
                arm: tip.copy() for arm, tip in tips.items() if arm != self._goal.arm}
        self._success_time_s = math.nan
        self._failure = ''

    def press(self, color: str, arm: str | None, time_s: float) -> None:
        """Take note of a press edge; arm: the one that touches the button, if any."""
        goal = self._goal
        if goal is None or self._failure:
            return
        by = f'by the {arm} arm' if arm else 'by no arm'
        if color != goal.color:
            self._failure = f'the {color} button was pressed {by}'
        elif goal.arm is not None and arm != goal.arm:
            self._failure = f'the {color} button was pressed {by}, not by the {goal.arm} arm'
        elif not math.isnan(self._success_time_s):
            self._failure = f'the {color} button was pressed a second time, {by}'
        else:
            self._success_time_s = time_s

    def watch_tips(self, tips: dict[str, NDArray[np.float64]]) -> None:
        """Take note of where the tips are."""
        for arm, start in self._resting.items():
            moved_m = math.dist(tips[arm], start)
            if moved_m > WRONG_ARM_TRAVEL_M and not self._failure:
                self._failure = f'the {arm} arm moved {moved_m * 100:.1f} cm without being asked'

    def score(self) -> Score:
        """Return the score so far."""
        if self._goal is None:
            return Score()
        pressed = not math.isnan(self._success_time_s)
        detail = 'the named button was pressed once' if pressed else 'no press yet'
        return Score(
            scored=True,
            instruction=self._instruction,
            success=pressed and not self._failure,
            failed=bool(self._failure),
            detail=self._failure or detail,
            success_time_s=self._success_time_s,
        )
