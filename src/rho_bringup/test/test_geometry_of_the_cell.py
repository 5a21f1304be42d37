# SPDX-License-Identifier: Apache-2.0
"""The shipped cell under the geometry guard: what must be possible, and what must not."""

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_bringup.cell_file import load_cell
from rho_core.contract.limits import JointLimits
from rho_core.geometry.arm_sample import ArmSample
from rho_core.geometry.cell import parse_cell_geometry
from rho_core.geometry.guard import GeometryGuard
from rho_core.geometry.guard_rules import GuardRules
from rho_core.geometry.pair_margins import link_tree
from rho_core.geometry.two_arms import TwoArms
from rho_core.motion.settings import MotionSettings
from rho_core.properties import SAFETY_CASES
from rho_description import cell
from rho_description import kinematics
from rho_description import safety_geometry_text
from rho_sim.cell_sim import CellSim
from rho_sim.experts.button import ButtonExpert
from rho_sim.tasks.buttons import instruction_for

MS = 1_000_000
CELL = cell()
GEOMETRY = parse_cell_geometry(safety_geometry_text())
SHIPPED = load_cell().geometry
RULES = GuardRules(speed_limit_m_s=SHIPPED.speed_limit_m_s, reaction_s=SHIPPED.reaction_ms / 1e3,
                   stop_s=SHIPPED.stop_ms / 1e3)
SETTINGS = {
    name: MotionSettings(
        limits=JointLimits(
            names=arm.joint_names, lower=arm.limits.lower, upper=arm.limits.upper,
            velocity=arm.limits.velocity, acceleration=arm.limits.acceleration,
            jerk=arm.limits.jerk),
        tracking_limits=(0.5,) * len(arm.joint_names), period_ns=4 * MS,
        longest_first_stop_s=RULES.stop_s)
    for name, arm in CELL.arms.items()}
HOME = {name: tuple(arm.home.tolist()) for name, arm in CELL.arms.items()}
# Seeds whose expert brings an arm within a few centimetres of the other one, and others.
NEAR_SEEDS = (20004, 20002, 20011)
FAR_SEEDS = (20000, 20001)


def test_the_guard_and_the_kinematics_agree_where_the_tips_are() -> None:
    tree = link_tree([GEOMETRY.arm(name) for name in CELL.arms])
    positions = np.random.default_rng(0).uniform(-3.0, 3.0, (5, 14))
    tips = tree.tips(tree.points(positions))
    for row, q in enumerate(positions):
        for i, name in enumerate(CELL.arms):
            expected, _ = kinematics.tip_pose(name, q[7 * i:7 * i + 6])
            assert np.allclose(tips[:, row, i], expected)


def test_at_home_all_distances_are_kept_at_full_speed() -> None:
    guard = GeometryGuard(GEOMETRY, RULES)
    verdict = guard.judge(0, {name: ArmSample(
        stamp_ns=0, commanded=home, velocity=(0.0,) * 7, measured=home, time_scale=1.0)
        for name, home in HOME.items()})
    assert verdict.margin_m > 0.03
    assert verdict.speed_scales == (1.0, 1.0)


@pytest.fixture(scope='module')
def sim() -> CellSim:
    return CellSim()


@pytest.mark.parametrize('seed', [*NEAR_SEEDS, *FAR_SEEDS])
def test_the_way_of_an_expert_to_its_button_is_neither_refused_nor_stopped(
    sim: CellSim, seed: int
) -> None:
    instruction = instruction_for(seed)
    sim.reset(seed, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng([seed, 4]))
    rows = [sim.home]
    while not expert.done:
        rows.append(np.array(expert.act()))
        sim.step(rows[-1], 50)
    assert sim.score().success
    way = np.array(rows[1:])
    arms = TwoArms(GEOMETRY, SETTINGS, HOME, RULES)
    times_s = 0.1 * np.arange(1, len(way) + 1)
    for i, name in enumerate(CELL.arms):
        assert arms.submit(name, times_s, way[:, 7 * i:7 * i + 7]), arms.refusals
    for _ in range(150):
        arms.run(0.1)
        if all(arm.is_complete for arm in arms.arms.values()):
            break
    assert not arms.is_stopped
    assert all(arm.is_complete for arm in arms.arms.values())
    assert min(arms.least_margins()) > 0.0
    if seed in FAR_SEEDS:
        assert min(verdict.speed_scales[0] for verdict in arms.verdicts) > 0.5


# Shoulder and elbow bring the arms together, the wrists turn the hands.
turns = st.tuples(st.floats(-0.2, 1.0), *(st.floats(-0.6, 0.6) for _ in range(5)))


@given(st.lists(st.tuples(turns, turns, st.floats(0.02, 0.3)), min_size=1, max_size=4))
@settings(max_examples=max(SAFETY_CASES // 20, 10))
def test_the_arms_of_the_cell_never_come_closer_than_allowed(
    moves: list[tuple[tuple[float, ...], tuple[float, ...], float]],
) -> None:
    arms = TwoArms(GEOMETRY, SETTINGS, HOME, RULES)
    assume(min(arms.least_margins()) > 0.0)
    times_s = np.array([0.2, 0.4, 0.6, 0.8])
    growth = np.array([0.1, 0.3, 0.55, 0.8])[:, None]
    for left, right, wait_s in moves:
        for name, sign, turn in (('left', -1.0, left), ('right', 1.0, right)):
            here = np.array(arms.arms[name].commanded)
            target = np.array([sign * turn[0], *turn[1:], 0.01])
            arms.submit(name, times_s, np.clip(
                here + growth * target, CELL.arm(name).limits.lower, CELL.arm(name).limits.upper))
        arms.run(wait_s)
    arms.run(0.8)
    between_m, around_m = arms.least_margins()
    assert between_m >= 0.0
    assert around_m >= -1e-3
