# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.goal import check_joints
from rho_core.motion.goal import timely
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.goal_tolerances import farthest
from rho_core.motion.goal_tolerances import merge_tolerances
from rho_core.motion.testing import NAMES
from rho_core.motion.testing import S
from rho_core.motion.testing import trajectory

TOLERANCES = GoalTolerances(path=(0.5, 0.05), goal=(0.5, 0.05), settle_s=1.0)


def test_a_stamp_of_zero_counts_from_now() -> None:
    assert timely(trajectory(0, [[0.0, 0.0]]), now_ns=7 * S, max_age_s=0.1).start_ns == 7 * S


def test_an_old_stamp_has_a_code_of_its_own() -> None:
    assert timely(trajectory(7 * S, [[0.0, 0.0]]), now_ns=7 * S, max_age_s=0.1).start_ns == 7 * S
    with pytest.raises(GoalRefused, match=r'1\.000 s old, allowed 0\.1 s') as caught:
        timely(trajectory(6 * S, [[0.0, 0.0]]), now_ns=7 * S, max_age_s=0.1)
    assert caught.value.code is GoalCode.OLD_HEADER_TIMESTAMP


@pytest.mark.parametrize('got', [(), ('turn',), ('turn', 'other'), ('turn', 'turn', 'slide')])
def test_joints_must_be_those_of_the_arm(got: tuple[str, ...]) -> None:
    with pytest.raises(GoalRefused, match='expected exactly') as caught:
        check_joints(got, NAMES)
    assert caught.value.code is GoalCode.INVALID_JOINTS


def test_joints_may_come_in_any_order() -> None:
    check_joints(tuple(reversed(NAMES)), NAMES)


def test_what_a_client_asks_for_replaces_the_default() -> None:
    assert merge_tolerances('path', {}, (0.5, 0.05), NAMES) == (0.5, 0.05)
    assert merge_tolerances('path', {NAMES[1]: 0.01}, (0.5, 0.05), NAMES) == (0.5, 0.01)
    assert merge_tolerances('path', {NAMES[0]: -1.0, NAMES[1]: 0.0}, (0.5, 0.05), NAMES) == (
        math.inf, 0.05)


@pytest.mark.parametrize('value', [-2.0, math.nan, math.inf, -math.inf])
def test_a_tolerance_without_meaning_is_refused(value: float) -> None:
    with pytest.raises(GoalRefused, match=f'{NAMES[0]}: expected a distance') as caught:
        merge_tolerances('path', {NAMES[0]: value}, (0.5, 0.05), NAMES)
    assert caught.value.code is GoalCode.INVALID_GOAL


def test_a_tolerance_of_another_arm_is_refused() -> None:
    with pytest.raises(GoalRefused, match='not of it elbow') as caught:
        merge_tolerances('goal', {'elbow': 1.0}, (0.5, 0.05), NAMES)
    assert caught.value.code is GoalCode.INVALID_JOINTS


def test_the_joint_that_is_too_far_away_is_named() -> None:
    assert farthest((0.0, 0.0), (0.4, -0.04), (0.5, 0.05), NAMES) == ''
    assert farthest((0.0, 0.0), (0.4, -0.06), (0.5, 0.05), NAMES) == (
        f'{NAMES[1]} is 0.0600 away, allowed 0.0500')
    assert farthest((0.0, 0.0), (math.nan, 0.0), (0.5, 0.05), NAMES)
    assert farthest((0.0, 0.0), (9.0, 9.0), (math.inf, math.inf), NAMES) == ''


def test_only_the_first_end_of_a_goal_counts() -> None:
    goal = Goal(trajectory(0, [[0.0, 0.0]]), TOLERANCES, CommandSource.ACTION)
    goal.cancel()
    goal.end(GoalCode.SUCCESSFUL, 'first')
    goal.end(GoalCode.INVALID_GOAL, 'second')
    assert goal.outcome is not None
    assert (goal.outcome.text, goal.outcome.is_canceled) == ('first', True)
