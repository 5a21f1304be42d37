# SPDX-License-Identifier: Apache-2.0
"""Sources and goals at one desk, with an arm that follows perfectly on clocks of the test."""

from collections.abc import Sequence
from typing import Any

import pytest

from arm_controller.command_desk import CommandDesk
from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_tolerances import GoalTolerances
from rho_core.motion.mode import ArmMode
from rho_core.motion.point_to_point import point_to_point
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import MS
from rho_core.motion.testing import PERIOD_NS
from rho_core.motion.testing import Bench
from rho_core.motion.testing import S
from rho_core.motion.testing import trajectory
from rho_core.safety.permit import Permit

POLICY, ACTION, OPERATOR = CommandSource
HERE = (0.0, 0.02)
THERE = (0.5, 0.03)


class Counter:
    """A desk with an arm behind it."""

    def __init__(self) -> None:
        self.bench = Bench(HERE)
        self.refusals: list[str] = []
        self.desk = CommandDesk(
            self.bench.arm, limits=LIMITS, hold_ns={ACTION: 100 * MS, OPERATOR: 200 * MS},
            max_age_s=0.1, on_refusal=self.refusals.append)
        self.seen: Sequence[float] | None = None
        self.run(0.01)

    @property
    def arm(self) -> Any:
        return self.bench.arm

    def run(self, seconds: float, permit: Permit = Permit.RUN) -> None:
        for _ in range(max(1, round(seconds * S / PERIOD_NS))):
            self.bench.tick(permit)
            measured = self.bench.position if self.seen is None else self.seen
            self.desk.judge(self.bench.steady_ns, tuple(measured))
            self.desk.take_up(self.bench.now_ns, self.bench.steady_ns)

    def submit(self, rows: Sequence[Sequence[float]], source: CommandSource) -> bool:
        accepted = self.arm_report.accepted
        self.offer(rows, source)
        while self.desk.is_considering:
            self.desk.proceed(self.bench.steady_ns)
        return self.arm_report.accepted > accepted

    def offer(self, rows: Sequence[Sequence[float]], source: CommandSource) -> None:
        self.desk.offer(trajectory(self.bench.now_ns, rows), source, self.bench.now_ns,
                        self.bench.steady_ns)

    @property
    def arm_report(self) -> Any:
        return self.arm.report(arm='left', now_ns=self.bench.now_ns, cycles=0, missed_cycles=0,
                               wake_late_us_max=0.0, tick_us_max=0.0)

    def ask(
        self, source: CommandSource = ACTION, start_ns: int = 0, goal_tolerance: float = 0.5,
        path_tolerance: float = 0.5, end: tuple[float, float] = THERE,
    ) -> Goal:
        way = point_to_point(self.arm.commanded, end, LIMITS, start_ns=start_ns,
                             speed_fraction=0.2)
        goal = Goal(way, GoalTolerances(path=(path_tolerance, 0.05), goal=(goal_tolerance, 0.05),
                                        settle_s=0.5), source)
        self.desk.ask(goal)
        self.run(0.002)
        return goal


def ended(goal: Goal) -> tuple[GoalCode, str]:
    assert goal.outcome is not None
    return goal.outcome.code, goal.outcome.text


def test_a_goal_is_followed_and_ends_well() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.5)
    assert counter.arm.mode is ArmMode.MOVING
    assert goal.outcome is None
    assert goal.progress is not None
    assert goal.progress.path_s == pytest.approx(0.5, abs=0.25)
    counter.run(3.0)
    assert ended(goal) == (GoalCode.SUCCESSFUL, '')
    assert counter.arm.commanded == pytest.approx(THERE, abs=1e-4)
    assert not counter.bench.violations()


def test_a_refused_goal_leaves_the_active_one_alone() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.5)
    old = counter.ask(start_ns=counter.bench.now_ns - S)
    assert ended(old)[0] is GoalCode.OLD_HEADER_TIMESTAMP
    wild = counter.ask(end=(9.0, 0.02))
    assert ended(wild)[0] is GoalCode.INVALID_GOAL
    assert len(counter.refusals) == 2
    assert counter.arm.report(arm='left', now_ns=counter.bench.now_ns).refused == 2
    counter.run(3.0)
    assert ended(goal)[0] is GoalCode.SUCCESSFUL


def test_a_newer_goal_replaces_the_active_one_without_a_bump() -> None:
    counter = Counter()
    first = counter.ask()
    counter.run(0.5)
    second = counter.ask()
    assert ended(first) == (
        GoalCode.INVALID_GOAL, 'replaced by a newer trajectory of action')
    counter.run(4.0)
    assert ended(second)[0] is GoalCode.SUCCESSFUL
    assert not counter.bench.violations()


def test_the_policy_gets_the_arm_when_the_goal_is_over_and_its_time_up() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.2)
    assert not counter.submit([counter.arm.commanded], POLICY)
    while goal.outcome is None:
        counter.run(0.002)
    assert not counter.submit([counter.arm.commanded], POLICY)
    counter.run(0.11)
    assert counter.submit([counter.arm.commanded], POLICY)
    assert 'policy: the arm is commanded by action' in counter.refusals[0]


def test_an_operator_takes_the_arm_from_a_goal() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.5)
    assert counter.submit([counter.arm.commanded], OPERATOR)
    assert ended(goal) == (GoalCode.INVALID_GOAL, 'replaced by a newer trajectory of operator')
    assert ended(counter.ask())[1].startswith('action: the arm is commanded by operator')
    assert not counter.bench.violations()


def test_a_goal_of_the_policys_rank_does_not_end_by_a_refused_trajectory() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.5)
    assert not counter.submit([[9.0, 0.02]], OPERATOR)
    assert goal.outcome is None


def test_a_cancelled_goal_ends_when_the_arm_rests() -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.6)
    goal.cancel()
    counter.run(0.004)
    assert (counter.arm.mode, goal.outcome) == (ArmMode.STOPPING, None)
    counter.run(1.5)
    assert counter.arm.mode is ArmMode.IDLE
    assert goal.outcome is not None
    assert goal.outcome.is_canceled
    assert 0.0 < counter.arm.commanded[0] < THERE[0]
    assert not counter.bench.violations()


def test_a_goal_cancelled_before_it_began_moves_nothing() -> None:
    counter = Counter()
    goal = Goal(point_to_point(HERE, THERE, LIMITS),
                GoalTolerances(path=(1.0, 1.0), goal=(1.0, 1.0), settle_s=1.0), ACTION)
    goal.cancel()
    counter.desk.ask(goal)
    counter.run(0.1)
    assert goal.outcome is not None
    assert goal.outcome.is_canceled
    assert counter.arm.mode is ArmMode.IDLE


def test_leaving_the_path_tolerance_ends_the_goal_and_stops_along_the_path() -> None:
    counter = Counter()
    goal = counter.ask(path_tolerance=0.05)
    counter.seen = HERE
    counter.run(1.5)
    code, text = ended(goal)
    assert code is GoalCode.PATH_TOLERANCE_VIOLATED
    assert text.startswith('turn is 0.05')
    assert counter.arm.mode is ArmMode.IDLE
    assert counter.arm.reason.startswith('path tolerance: turn')
    assert not counter.bench.violations()


def test_a_measurement_that_stays_away_from_the_end_breaks_the_goal_tolerance() -> None:
    counter = Counter()
    goal = counter.ask(goal_tolerance=0.1)
    counter.seen = (0.3, 0.03)
    while counter.arm.mode is not ArmMode.IDLE:
        counter.run(0.002)
    counter.run(0.45)
    assert goal.outcome is None
    counter.run(0.1)
    assert ended(goal) == (GoalCode.GOAL_TOLERANCE_VIOLATED,
                           'turn is 0.2000 away, allowed 0.1000, 0.5 s after the last point')


def test_a_measurement_that_comes_in_time_is_good_enough() -> None:
    counter = Counter()
    goal = counter.ask(goal_tolerance=0.1)
    counter.seen = (0.3, 0.03)
    while counter.arm.mode is not ArmMode.IDLE:
        counter.run(0.002)
    counter.run(0.3)
    counter.seen = (0.45, 0.03)
    counter.run(0.002)
    assert ended(goal)[0] is GoalCode.SUCCESSFUL


@pytest.mark.parametrize('permit', [Permit.STOP, Permit.HOLD])
def test_a_stop_ends_the_goal_and_frees_the_arm(permit: Permit) -> None:
    counter = Counter()
    goal = counter.ask()
    counter.run(0.5)
    counter.run(0.002, permit)
    assert ended(goal) == (
        GoalCode.INVALID_GOAL, f'the arm was stopped: permit: {permit.name}')
    counter.run(1.5, permit)
    counter.bench.epoch += 1
    counter.run(0.004)
    assert counter.submit([counter.arm.commanded], POLICY)


def test_an_arm_that_does_not_follow_at_all_breaks_the_path_tolerance() -> None:
    counter = Counter()
    goal = counter.ask(path_tolerance=float('inf'), end=(1.5, 0.03))
    for _ in range(2000):
        counter.bench.position = HERE
        counter.run(0.002)
        if goal.outcome is not None:
            break
    code, text = ended(goal)
    assert code is GoalCode.PATH_TOLERANCE_VIOLATED
    assert text.startswith('the arm was stopped: tracking: turn')


def test_closing_ends_all_goals() -> None:
    counter = Counter()
    active = counter.ask()
    waiting = Goal(active.trajectory, active.tolerances, ACTION)
    counter.desk.ask(waiting)
    counter.desk.close('deactivated')
    assert ended(active) == ended(waiting) == (GoalCode.INVALID_GOAL, 'deactivated')


def test_an_offered_trajectory_is_judged_in_parts_while_the_arm_goes_on() -> None:
    counter = Counter()
    counter.offer([counter.arm.commanded, (0.02, 0.02)], POLICY)
    parts = 0
    while counter.desk.is_considering:
        assert counter.arm.mode is ArmMode.IDLE
        counter.run(0.002)
        counter.desk.proceed(counter.bench.steady_ns)
        parts += 1
    assert parts > 1
    assert counter.arm.mode is ArmMode.MOVING


def test_a_goal_drops_what_is_still_being_judged() -> None:
    counter = Counter()
    counter.offer([counter.arm.commanded, (0.02, 0.02)], POLICY)
    goal = counter.ask()
    assert not counter.desk.is_considering
    counter.desk.proceed(counter.bench.steady_ns)
    assert goal.outcome is None
    assert counter.arm_report.source == ACTION.label


def test_an_offer_that_is_refused_in_a_later_part_is_told_and_counted_once() -> None:
    counter = Counter()
    counter.offer([[9.0, 0.02]], POLICY)
    assert counter.desk.is_considering
    counter.desk.proceed(counter.bench.steady_ns)
    assert not counter.desk.is_considering
    assert len(counter.refusals) == 1
    assert counter.arm_report.refused == 1
