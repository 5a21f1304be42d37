# SPDX-License-Identifier: Apache-2.0
import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_sim.press import PressDetector
from rho_sim.scene import TRAVEL_M
from rho_sim.tasks.button_score import ButtonScore
from rho_sim.tasks.buttons import GOALS
from rho_sim.tasks.buttons import INSTRUCTIONS
from rho_sim.tasks.buttons import ButtonGoal
from rho_sim.tasks.buttons import instruction_for
from rho_sim.tasks.buttons import parse

TIPS = {'left': np.array([0.4, 0.3, 0.2]), 'right': np.array([0.4, -0.3, 0.2])}
RED = 'Push the red button.'
RED_RIGHT = 'Push the red button with the right gripper.'


def test_there_are_twelve_exact_sentences() -> None:
    assert len(set(INSTRUCTIONS)) == 12
    assert RED in INSTRUCTIONS
    assert RED_RIGHT in INSTRUCTIONS


@pytest.mark.parametrize('goal', GOALS)
def test_parser_reads_what_a_goal_says(goal: ButtonGoal) -> None:
    assert parse(goal.instruction) == goal


@pytest.mark.parametrize('text', ['', 'Push the red button', 'push the red button.', f'{RED} ',
                                  'Push the pink button.',
                                  'Push the red button with the middle gripper.'])
def test_parser_refuses_anything_else_and_says_what_is_allowed(text: str) -> None:
    with pytest.raises(Refused, match=re.escape('{red|blue|green|yellow}')):
        parse(text)


@given(st.integers(0, 10_000))
def test_suite_is_balanced_over_every_block_of_twelve(block: int) -> None:
    counts = Counter(instruction_for(12 * block + i) for i in range(12))
    assert set(counts.values()) == {1}
    assert len(counts) == 12


def test_suite_order_differs_between_blocks_and_is_reproducible() -> None:
    blocks = [tuple(instruction_for(12 * b + i) for i in range(12)) for b in range(5)]
    assert len(set(blocks)) == 5
    assert blocks[0] == tuple(instruction_for(i) for i in range(12))


def test_press_needs_60_percent_and_release_below_25_percent() -> None:
    press = PressDetector()
    edges = [press.update(share * TRAVEL_M)
             for share in (0.0, 0.55, 0.61, 0.9, 0.3, 0.7, 0.26, 0.24, 0.5, 0.65)]
    assert [i for i, edge in enumerate(edges) if edge] == [2, 9]


@given(st.lists(st.floats(0.0, TRAVEL_M), max_size=60))
def test_two_press_edges_have_a_release_between_them(depths: list[float]) -> None:
    press = PressDetector()
    lowest = math.inf
    is_first = True
    for depth in depths:
        lowest = min(lowest, depth)
        if press.update(depth):
            assert is_first or lowest < 0.25 * TRAVEL_M
            is_first, lowest = False, math.inf


def test_one_press_of_the_named_button_is_success_with_its_time() -> None:
    score = ButtonScore(RED, TIPS)
    assert not score.score().success
    score.press('red', 'left', 1.5)
    assert score.score().success
    assert score.score().success_time_s == 1.5
    assert score.score().scored


def test_a_second_press_takes_the_success_away() -> None:
    score = ButtonScore(RED, TIPS)
    score.press('red', 'left', 1.0)
    score.press('red', 'left', 2.0)
    assert score.score().failed
    assert not score.score().success
    assert 'second time' in score.score().detail


@pytest.mark.parametrize('first', ['red', 'blue'])
def test_another_button_fails_before_and_after(first: str) -> None:
    second = {'red': 'blue', 'blue': 'red'}[first]
    score = ButtonScore(RED, TIPS)
    score.press(first, 'left', 1.0)
    score.press(second, 'left', 2.0)
    assert score.score().failed
    assert not score.score().success


@pytest.mark.parametrize('arm', ['left', None])
def test_only_the_named_arm_may_press(arm: str | None) -> None:
    score = ButtonScore(RED_RIGHT, TIPS)
    score.press('red', arm, 1.0)
    assert score.score().failed
    assert 'right' in score.score().detail


def test_the_other_arm_must_stay_within_5_cm_when_an_arm_is_named() -> None:
    score = ButtonScore(RED_RIGHT, TIPS)
    score.watch_tips({**TIPS, 'left': TIPS['left'] + (0.0, 0.0, 0.049)})
    score.watch_tips({**TIPS, 'right': TIPS['right'] + (0.0, 0.3, 0.0)})
    assert not score.score().failed
    score.watch_tips({**TIPS, 'left': TIPS['left'] + (0.0, 0.0, 0.051)})
    assert score.score().failed
    assert 'left arm' in score.score().detail


def test_either_arm_may_move_when_none_is_named() -> None:
    score = ButtonScore(RED, TIPS)
    score.watch_tips({name: tip + 0.2 for name, tip in TIPS.items()})
    assert not score.score().failed


def test_nothing_is_scored_without_an_instruction() -> None:
    score = ButtonScore('', TIPS)
    score.press('red', 'left', 1.0)
    assert not score.score().scored
    assert not score.score().success
    assert math.isnan(score.score().success_time_s)
