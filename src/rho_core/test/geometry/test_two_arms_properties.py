# SPDX-License-Identifier: Apache-2.0
"""Whatever the arms are told, whenever: they keep their distance."""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.contract.limits import JointLimits
from rho_core.geometry.guard_rules import GuardRules
from rho_core.geometry.testing import small_cell
from rho_core.geometry.two_arms import Delays
from rho_core.geometry.two_arms import TwoArms
from rho_core.motion.settings import MotionSettings
from rho_core.properties import SAFETY_CASES

MS = 1_000_000
CELL = small_cell()
RULES = GuardRules(speed_limit_m_s=0.5)
INWARD = {'left': -1.0, 'right': 1.0}
# A command lags behind its path by less than this [m].
OFF_PATH_M = 1e-3


def arm_settings(arm: str) -> MotionSettings:
    ones = np.ones(2)
    limits = JointLimits(
        names=CELL.arm(arm).joints, lower=-2.8 * ones, upper=2.8 * ones, velocity=np.pi * ones,
        acceleration=10.0 * ones, jerk=150.0 * ones)
    # Half the usual rate, for twice as many cases.
    return MotionSettings(limits=limits, tracking_limits=(0.5, 0.5), period_ns=4 * MS,
                          longest_first_stop_s=RULES.stop_s)


SETTINGS = {arm: arm_settings(arm) for arm in CELL.arms}


@dataclass(frozen=True)
class Move:
    """One trajectory: by how much, how fast it picks up, and how long after the one before."""

    arm: str
    turn: tuple[float, float]
    points: int
    dt_s: float
    peak: float
    lead_s: float
    wait_s: float


moves = st.builds(
    Move,
    arm=st.sampled_from(('left', 'right')),
    turn=st.tuples(st.floats(-0.3, 1.0), st.floats(-1.0, 1.0)),
    points=st.integers(1, 5),
    dt_s=st.sampled_from((0.05, 0.1, 0.2)),
    peak=st.sampled_from((0.4, 0.9, 1.6, 3.0)),
    lead_s=st.sampled_from((0.0, 0.05)),
    wait_s=st.floats(0.0, 0.12),
)
starts = st.tuples(st.floats(-0.6, 0.6), st.floats(-1.2, 1.2))
delays = st.builds(
    Delays,
    guard_phase_ns=st.integers(0, 9).map(lambda ms: ms * MS),
    report_delay_ns=st.integers(0, 5).map(lambda ms: ms * MS),
    permit_delay_ns=st.integers(4, 20).map(lambda ms: ms * MS),
)


def start(arms: TwoArms, move: Move) -> None:
    """Give an arm a trajectory that picks up speed and goes on from where it is commanded."""
    here = np.array(arms.arms[move.arm].commanded)
    rates = np.minimum(9.0 * move.dt_s * np.arange(1, move.points + 1), move.peak)
    way = np.cumsum(rates * move.dt_s)[:, None] * np.array(move.turn) * INWARD[move.arm]
    times_s = move.dt_s * np.arange(1, move.points + 1)
    arms.submit(move.arm, times_s, np.clip(here + way, -2.8, 2.8), lead_s=move.lead_s)


@given(left=starts, right=starts, moves=st.lists(moves, min_size=1, max_size=8), delays=delays)
@settings(max_examples=SAFETY_CASES)
def test_arms_never_come_closer_than_allowed(
    left: tuple[float, float], right: tuple[float, float], moves: list[Move], delays: Delays
) -> None:
    begin = {'left': left, 'right': (-right[0], -right[1])}
    arms = TwoArms(CELL, SETTINGS, begin, RULES, delays)
    assume(min(arms.least_margins()) > 0.0)
    for move in moves:
        start(arms, move)
        arms.run(move.wait_s)
    arms.run(0.4)
    between_m, around_m = arms.least_margins()
    assert between_m >= 0.0
    assert around_m >= -OFF_PATH_M
    assert arms.peak_speed_m_s() <= RULES.speed_limit_m_s * 1.1


def test_arms_sent_at_each_other_slow_down_and_stand_before_they_meet() -> None:
    arms = TwoArms(CELL, SETTINGS, {'left': (0.3, 0.0), 'right': (-0.3, 0.0)}, RULES)
    for arm, sign in INWARD.items():
        times_s = np.linspace(0.1, 4.0, 40)
        rows = np.outer(0.5 * times_s, (sign, 0.0)) - np.array([sign * 0.3, 0.0])
        assert arms.submit(arm, times_s, rows), arms.refusals
    arms.run(4.0)
    between_m, _ = arms.least_margins()
    scales = [verdict.speed_scales[0] for verdict in arms.verdicts]
    assert 0.0 <= between_m < 0.03
    assert min(scale for scale in scales if scale > 0.0) < 0.1
    assert scales[0] == 1.0


def test_arms_that_pass_at_a_distance_are_never_stopped() -> None:
    arms = TwoArms(CELL, SETTINGS, {'left': (0.2, 0.0), 'right': (-0.2, 0.0)}, RULES)
    for _ in range(10):
        for arm, sign in INWARD.items():
            here = np.array(arms.arms[arm].commanded)
            arms.submit(arm, np.array([0.1, 0.2, 0.3]),
                        here - sign * np.outer((0.02, 0.06, 0.1), (1.0, 0.5)))
        arms.run(0.1)
    assert not arms.is_stopped
    assert arms.refusals == []
