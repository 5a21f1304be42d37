# SPDX-License-Identifier: Apache-2.0
import inspect

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_description import kinematics
from rho_sim.cell_sim import CellSim
from rho_sim.config import SimConfig
from rho_sim.scene import COLORS

RED = 'Push the red button.'


def _swing(sim: CellSim) -> np.ndarray:
    sim.step(sim.home + 0.1 * (np.arange(14) % 7 < 6), 50)
    return np.concatenate([sim.joint_positions, sim.mj_data.qpos])


def test_same_seed_gives_same_state_pictures_and_touch(sim: CellSim) -> None:
    seen = []
    for _ in range(2):
        sim.reset(7, RED)
        state = _swing(sim)
        pictures = [sim.render(camera) for camera in sim.description.cameras]
        touch = [sim.touch(sensor) for sensor in sim.description.fingertips]
        seen.append((state, *pictures, *touch))
        sim.reset(8)
    for first, second in zip(*seen, strict=True):
        assert np.array_equal(first, second)


def test_a_second_cell_shows_the_same_scene(sim: CellSim) -> None:
    other = CellSim()
    for one in (sim, other):
        one.reset(5)
    assert np.array_equal(_swing(sim), _swing(other))
    assert np.array_equal(sim.render('front'), other.render('front'))
    other.close()


def test_different_seeds_give_different_scenes(sim: CellSim) -> None:
    poses, orders = set(), set()
    for seed in range(12):
        sim.reset(seed)
        poses.add(tuple(sim.button_pose('red')[0]))
        orders.add(tuple(np.argsort([sim.button_pose(c)[0][0] for c in COLORS])))
    assert len(poses) == 12
    assert len(orders) > 3


def test_batched_steps_score_and_count_like_single_steps(sim: CellSim) -> None:
    goal = sim.home + 0.05
    goal[[6, 13]] = 0.01
    sim.step(goal, 20)
    batched = sim.joint_positions
    sim.reset(0)
    for i in range(1, 21):
        sim.step(sim.home + (goal - sim.home) * i / 20)
    assert np.allclose(batched, sim.joint_positions, atol=1e-9)
    assert sim.time_s == pytest.approx(0.04)


def test_arms_start_at_home_and_stay_there(sim: CellSim) -> None:
    assert np.array_equal(sim.joint_positions, sim.home)
    sim.step(sim.home, 250)
    assert np.abs(sim.joint_positions - sim.home).max() < 1e-4
    assert np.abs(sim.joint_velocities).max() < 1e-3


def test_servos_lag_about_25_ms(sim: CellSim) -> None:
    speed = 0.5
    goal = sim.home.copy()
    for _ in range(300):
        goal[:6] += speed * sim.config.physics_step_s * np.array([1, 1, -1, 1, 1, 1])
        sim.step(goal)
    lag_s = np.abs(goal - sim.joint_positions)[:6] / speed
    assert np.all((lag_s > 0.015) & (lag_s < 0.040))


def test_gripper_opens_both_fingers(sim: CellSim) -> None:
    goal = sim.home.copy()
    goal[6] = 0.03
    sim.step(goal, 400)
    data = sim.mj_data
    assert data.joint('left_gripper_joint').qpos[0] == pytest.approx(0.03, abs=1e-3)
    assert data.joint('left_gripper_mirror_joint').qpos[0] == pytest.approx(0.03, abs=1e-3)


def test_tips_are_where_the_kinematics_say(sim: CellSim) -> None:
    sim.place_arms(sim.home + 0.02 * (np.arange(14) % 7 < 6))
    for i, (arm, tip) in enumerate(sim.tips().items()):
        expected, _ = kinematics.tip_pose(arm, sim.joint_positions[7 * i : 7 * i + 6])
        assert np.allclose(tip, expected, atol=1e-6)


def test_pictures_have_the_described_size(sim: CellSim) -> None:
    for name, camera in sim.description.cameras.items():
        picture = sim.render(name)
        assert picture.shape == (camera.height, camera.width, 3)
        assert picture.dtype == np.uint8
        assert picture.std() > 5.0


@pytest.mark.parametrize('color', COLORS)
def test_front_camera_sees_each_button_where_camera_pixel_says(
    sim: CellSim, color: str
) -> None:
    channel = {'red': (0,), 'green': (1,), 'blue': (2,), 'yellow': (0, 1)}[color]
    for seed in range(20, 30):
        sim.reset(seed)
        column, row = sim.camera_pixel('front', sim.button_pose(color)[0])
        pixel = sim.render('front')[round(row), round(column)].astype(int)
        others = [i for i in range(3) if i not in channel]
        assert pixel[list(channel)].min() > 1.3 * pixel[others].max(), (seed, pixel)


def test_tips_at_home_are_in_the_picture_of_front_and_wrist(sim: CellSim) -> None:
    for arm, tip in sim.tips().items():
        for camera in ('front', f'{arm}_wrist'):
            size = sim.description.camera(camera).width
            assert all(4 < value < size - 4 for value in sim.camera_pixel(camera, tip))


def test_scene_reset_leaves_arms_skins_and_time_alone(sim: CellSim) -> None:
    goal = sim.home + 0.1 * (np.arange(14) % 7 < 6)
    sim.step(goal, 200)
    sim.step(goal, 300)
    before = (sim.joint_positions, sim.time_s, sim.touch('left_fingertip_a'))
    sim.check_scene_reset()
    sim.reset_scene(9, RED)
    assert np.array_equal(sim.joint_positions, before[0])
    assert sim.time_s == before[1]
    assert np.abs(sim.touch('left_fingertip_a') - before[2]).max() < 5.0
    assert sim.score().instruction == RED


def test_scene_reset_gives_the_scene_of_a_full_reset(sim: CellSim) -> None:
    sim.reset(31)
    wanted = [sim.button_pose(color)[0] for color in COLORS]
    picture = sim.render('front')
    sim.reset(32)
    sim.reset_scene(31)
    assert np.allclose([sim.button_pose(color)[0] for color in COLORS], wanted, atol=1e-9)
    assert np.array_equal(sim.render('front'), picture)


def test_scene_reset_is_refused_while_an_arm_moves_or_is_in_the_way(sim: CellSim) -> None:
    sim.step(sim.home + 0.1 * (np.arange(14) % 7 < 6), 20)
    with pytest.raises(Refused, match='moves'):
        sim.check_scene_reset()
    positions = sim.home.copy()
    tip, rotation = kinematics.tip_pose('left', positions[:6])
    low = kinematics.solve_inverse('left', (*tip[:2], 0.1), rotation, positions[:6])
    assert low is not None
    positions[:6] = low
    sim.place_arms(positions)
    with pytest.raises(Refused, match='tip of the left arm'):
        sim.check_scene_reset()


def test_unknown_instruction_is_refused_and_changes_nothing(sim: CellSim) -> None:
    sim.reset(3, RED)
    before = sim.button_pose('red')[0]
    for reset in (sim.reset, sim.reset_scene):
        with pytest.raises(Refused, match='pink'):
            reset(4, 'Push the pink button.')
    assert np.array_equal(sim.button_pose('red')[0], before)
    assert sim.score().instruction == RED


@pytest.mark.parametrize(
    ('row', 'value', 'message'),
    [(0, np.nan, 'left_shoulder_pan'), (9, 4.0, 'right_elbow'), (13, -0.01, 'right_gripper')],
)
def test_a_command_that_is_not_finite_or_out_of_limits_is_refused(
    sim: CellSim, row: int, value: float, message: str
) -> None:
    wrong = sim.home.copy()
    wrong[row] = value
    with pytest.raises(Refused, match=message):
        sim.checked(wrong)
    with pytest.raises(Refused, match='expected 14'):
        sim.checked(sim.home[:7])


def test_observations_do_not_depend_on_the_score(sim: CellSim) -> None:
    observed = []
    for instruction in ('', RED):
        sim.reset(11, instruction)
        sim.step(sim.home, 30)
        observed.append([
            sim.joint_positions, sim.joint_velocities, sim.render('front'),
            sim.render('left_wrist'), sim.touch('right_fingertip_b')])
    for without, scored in zip(*observed, strict=True):
        assert np.array_equal(without, scored)
    for name in ('render', 'touch', 'joint_positions', 'joint_velocities'):
        member = inspect.getattr_static(CellSim, name)
        source = inspect.getsource(member.fget if isinstance(member, property) else member)
        assert 'score' not in source


@pytest.mark.parametrize('change', [{'physics_step_s': 0.1}, {'box_shift_m': -1.0},
                                    {'skin_noise_ut': float('nan')}])
def test_impossible_settings_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(change))):
        SimConfig(**change)
