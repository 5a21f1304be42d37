# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_description import kinematics
from rho_sim.cell_sim import CellSim
from rho_sim.experts.button import ButtonExpert
from rho_sim.experts.button import nearer_arm
from rho_sim.experts.measure import run_episode
from rho_sim.scene import COLORS
from rho_sim.tasks.buttons import instruction_for

SEEDS = range(7000, 7012)  # one of each instruction
ACTION_STEPS = 50


@pytest.mark.parametrize('seed', SEEDS)
def test_expert_succeeds(sim: CellSim, seed: int) -> None:
    score = run_episode(sim, seed, instruction_for(seed))
    assert score.success, score.detail


@pytest.mark.parametrize('seed', SEEDS)
def test_only_fingertips_touch_and_only_the_named_button(sim: CellSim, seed: int) -> None:
    instruction = instruction_for(seed)
    sim.reset(seed, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng(seed))
    allowed = {f'{expert.arm}_fingertip_{side}_skin' for side in 'ab'} | {f'button_{expert.color}'}
    while not expert.done:
        sim.step(expert.act(), ACTION_STEPS)
        for contact in sim.mj_data.contact:
            touching = {sim.mj_model.geom(geom).name for geom in contact.geom}
            assert touching <= allowed, touching


@pytest.mark.parametrize('arm', ['left', 'right'])
def test_expert_moves_one_arm_slowly_and_within_limits(sim: CellSim, arm: str) -> None:
    instruction = f'Push the green button with the {arm} gripper.'
    sim.reset(41, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng(0))
    own = slice(0, 7) if arm == 'left' else slice(7, 14)
    other = slice(7, 14) if arm == 'left' else slice(0, 7)
    before = sim.tips()[arm].copy()
    fastest = 0.0
    while not expert.done:
        target = expert.act()
        sim.checked(target)
        assert np.array_equal(target[other], sim.home[other])
        velocity = (target - sim.joint_positions)[own] / 0.1
        assert np.all(np.abs(velocity) < sim.description.limits.velocity[own])
        sim.step(target, ACTION_STEPS)
        fastest = max(fastest, float(np.linalg.norm(sim.tips()[arm] - before)) / 0.1)
        before = sim.tips()[arm].copy()
    assert fastest < 0.26
    assert sim.score().success


def test_expert_holds_the_button_down_and_never_retreats(sim: CellSim) -> None:
    instruction = 'Push the blue button.'
    sim.reset(42, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng(0))
    for _ in range(120):
        if sim.is_pressed('blue'):
            break
        sim.step(expert.act(), ACTION_STEPS)
    pressed_at = sim.tips()[expert.arm].copy()
    assert not expert.done
    while not expert.done:
        sim.step(expert.act(), ACTION_STEPS)
        assert sim.is_pressed('blue')
        assert np.linalg.norm(sim.tips()[expert.arm] - pressed_at) < 0.003


def test_expert_recovers_from_a_push(sim: CellSim) -> None:
    instruction = 'Push the yellow button.'
    sim.reset(43, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    first = 0 if expert.arm == 'left' else 7
    for i in range(100):
        target = expert.act()
        if 3 <= i < 9:
            target[first : first + 6] += rng.normal(0.0, 0.03, 6)
        sim.step(target, ACTION_STEPS)
        if expert.done:
            break
    assert sim.score().success


def test_without_a_named_arm_the_nearer_one_acts(sim: CellSim) -> None:
    for seed in range(20):
        sim.reset(seed)
        for color in COLORS:
            side = sim.button_pose(color)[0][1]
            assert nearer_arm(sim, color) == ('left' if side > 0 else 'right')


def test_both_arms_reach_every_button_of_every_scene(sim: CellSim) -> None:
    for seed in range(60):
        sim.reset(seed)
        for i, arm in enumerate(sim.description.arms):
            home = sim.home[7 * i : 7 * i + 6]
            _, rotation = kinematics.tip_pose(arm, home)
            for color in COLORS:
                top = sim.button_rest(color)
                for height in (-0.005, 0.07):
                    found = kinematics.solve_inverse(
                        arm, np.add(top, (0.0, 0.0, height)), rotation, home)
                    assert found is not None, (seed, arm, color, height)
                    singular = np.linalg.svd(kinematics.jacobian(arm, found), compute_uv=False)
                    assert singular[-1] > 0.02
