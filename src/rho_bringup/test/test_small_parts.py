# SPDX-License-Identifier: Apache-2.0
"""Tests of environment, terminal, picture, suites, process exits and the demo's report."""

import io
import math
from pathlib import Path

import numpy as np
import pytest

from rho_bringup.demo_report import DemoReport
from rho_bringup.environment import loopback_environment
from rho_bringup.environment import stack_environment
from rho_bringup.episodes.episode import EpisodeEnd
from rho_bringup.episodes.episode import Verdict
from rho_bringup.episodes.suites import suite_tasks
from rho_bringup.picture import draw_cell
from rho_bringup.picture import save_picture
from rho_bringup.runner.process_exit import ProcessExit
from rho_bringup.stack_errors import NodeDied
from rho_bringup.terminal import Terminal
from rho_core.errors import ConfigError
from rho_description import cell


def test_environment_adds_what_is_missing_only() -> None:
    added = stack_environment({'FASTDDS_BUILTIN_TRANSPORTS': 'UDPv4'}, domain_id=42)
    assert added['ROS_DOMAIN_ID'] == '42'
    assert added['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'LOCALHOST'
    assert 'FASTDDS_BUILTIN_TRANSPORTS' not in added


def test_a_node_leaves_shared_memory_only_where_the_stack_keeps_to_its_machine() -> None:
    profile = Path('/share/loopback.xml')
    stack = {**stack_environment({}), 'HOME': '/root'}
    added = loopback_environment(stack, profile)
    assert added['FASTDDS_DEFAULT_PROFILES_FILE'] == '/share/loopback.xml'
    assert added['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'SYSTEM_DEFAULT'
    for own in (
        {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'},
        {'FASTDDS_DEFAULT_PROFILES_FILE': '/mine.xml'},
        {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'},
    ):
        assert loopback_environment({**stack, **own}, profile) == {}


def test_terminal_prefixes_every_line() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.say('one\ntwo')
    terminal.node_line('sim', 'three')
    lines = stream.getvalue().splitlines()
    assert [line.split('] ', 1)[1] for line in lines] == ['one', 'two', 'three']
    assert lines[2].startswith('[sim]')


def test_cell_is_drawn_beside_what_its_cameras_saw(tmp_path: Path) -> None:
    cv2 = pytest.importorskip('cv2')
    red = np.zeros((64, 64, 3), np.uint8)
    red[:, :, 0] = 255
    home = cell().home
    image = draw_cell(3, 'Push the red button.', home.tolist(), [red, red, red])
    path = tmp_path / 'a' / 'cell.png'
    assert 'written' in save_picture(image, path)
    read = cv2.imread(str(path))
    assert read.shape == (540, 960 + 184, 3)
    assert tuple(read[270, -90]) == (0, 0, 255)
    assert len(np.unique(read[:, :960].reshape(-1, 3), axis=0)) > 100


def test_picture_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert 'not written' in save_picture(None, tmp_path / 'x.png')
    image = np.zeros((8, 8, 3), np.uint8)
    assert 'not written' in save_picture(image, tmp_path / 'x.unknown')


def test_suite_gives_consecutive_seeds_and_all_tasks() -> None:
    tasks = suite_tasks('buttons', first_seed=96, episodes=12)
    assert [task.seed for task in tasks] == list(range(96, 108))
    assert len({task.instruction for task in tasks}) == 12
    assert tasks == suite_tasks('buttons', first_seed=96, episodes=12)


@pytest.mark.parametrize(('suite', 'first_seed', 'episodes'), [
    ('juggling', 0, 1), ('buttons', -1, 1), ('buttons', 0, 0)])
def test_impossible_suite_is_refused(suite: str, first_seed: int, episodes: int) -> None:
    with pytest.raises(ConfigError):
        suite_tasks(suite, first_seed=first_seed, episodes=episodes)


@pytest.mark.parametrize(('code', 'text'), [
    (0, 'exit code 0'), (3, 'exit code 3'), (-9, 'signal SIGKILL'), (-99, 'signal 99')])
def test_exit_is_described(code: int, text: str) -> None:
    end = ProcessExit(name='policy', code=code, last_lines=())
    assert text in end.describe()
    assert end.clean is (code == 0)
    assert '(no output)' in end.report()
    assert text in str(NodeDied([end]))


def report(**changes: object) -> DemoReport:
    made = DemoReport(instruction='Push it.', seed=3, arms_at_rest=True, end=EpisodeEnd(
        verdict=Verdict.SUCCESS, detail='pressed once', time_to_success_s=2.5))
    for key, value in changes.items():
        setattr(made, key, value)
    return made


def test_demo_succeeds_only_when_all_went_well() -> None:
    assert report().success
    assert not report(safety_stops=1).success
    assert not report(arms_at_rest=False).success
    assert not report(failure='policy ended').success
    assert not report(end=None).success


def test_demo_report_has_the_promised_keys() -> None:
    tree = report(real_time_factor=math.nan, rates_hz={'joint_states': 250.0},
                  inference_ms={'action': [1.0, 3.0], 'context': []}).tree()
    assert {'success', 'instruction', 'seed', 'real_time_factor', 'safety_stops', 'rates_hz',
            'inference_ms', 'time_to_success_s', 'duration_s'} <= set(tree)
    assert tree['inference_ms']['p50'] == 2.0
    assert tree['inference_ms']['graphs']['context'] == {'p50': None, 'p99': None}
