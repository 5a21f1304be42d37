# SPDX-License-Identifier: Apache-2.0
"""The button task: exact instruction strings, their parser, and a balanced suite by seed."""

import re
from dataclasses import dataclass

import numpy as np

from rho_core.errors import Refused
from rho_sim.scene import COLORS

ARMS = ('left', 'right')
_PATTERN = re.compile(
    rf'Push the ({"|".join(COLORS)}) button(?: with the ({"|".join(ARMS)}) gripper)?\.')


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonGoal:
    """What a button instruction asks for."""

    color: str
    arm: str | None  # None: either arm

    @property
    def instruction(self) -> str:
        """The exact sentence."""
        by = f' with the {self.arm} gripper' if self.arm else ''
        return f'Push the {self.color} button{by}.'


GOALS = tuple(ButtonGoal(color=color, arm=arm) for color in COLORS for arm in (*ARMS, None))
INSTRUCTIONS = tuple(goal.instruction for goal in GOALS)


def parse(instruction: str) -> ButtonGoal:
    """Return what an instruction asks for.

    Raises:
        Refused: when it is not one of INSTRUCTIONS, letter by letter.
    """
    match = _PATTERN.fullmatch(instruction)
    if match is None:
        raise Refused(
            f'instruction {instruction!r}: expected '
            f'"Push the {{{"|".join(COLORS)}}} button[ with the {{{"|".join(ARMS)}}} gripper]."')
    return ButtonGoal(color=match[1], arm=match[2])


def instruction_for(seed: int) -> str:
    """Return the instruction of a suite's episode.

    Every aligned block of twelve seeds holds each instruction once, in an order of its own.
    """
    block, place = divmod(seed, len(INSTRUCTIONS))
    order = np.random.default_rng([block, 2]).permutation(len(INSTRUCTIONS))
    return INSTRUCTIONS[int(order[place])]
