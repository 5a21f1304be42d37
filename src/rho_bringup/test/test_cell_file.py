# SPDX-License-Identifier: Apache-2.0
"""Tests of cell files: the shipped ones load, bad ones say what is wrong and where."""

from pathlib import Path

import pytest

from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell
from rho_bringup.resources import shared
from rho_core.errors import ConfigError

CONFIG = shared('config/cell.yaml').parent


def changed(tmp_path: Path, old: str, new: str, source: str = 'cell.yaml') -> Path:
    text = (CONFIG / source).read_text()
    assert old in text
    path = tmp_path / 'cell.yaml'
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize('path', sorted(CONFIG.glob('*.yaml')), ids=lambda path: path.name)
def test_every_shipped_cell_file_loads(path: Path) -> None:
    cell = load_cell(path)
    assert cell.arms == ('left', 'right')


@pytest.mark.parametrize('path', sorted(CONFIG.glob('*.yaml')), ids=lambda path: path.name)
def test_every_key_of_a_shipped_cell_file_has_a_comment(path: Path) -> None:
    lines = path.read_text().splitlines()
    section_is_explained = False
    for number, line in enumerate(lines):
        key, _, comment = line.partition('#')
        if not key.strip():
            section_is_explained = bool(comment) or (section_is_explained and bool(line.strip()))
            continue
        if not line.startswith(' '):
            section_is_explained = section_is_explained or key.rstrip().endswith(':')
        assert comment or section_is_explained, f'{path.name}:{number + 1}: {line}'


def test_modes_have_their_own_file() -> None:
    assert load_cell().mode == 'sim'
    assert load_cell(mode='real').mode == 'real'


def test_file_of_the_other_mode_is_refused() -> None:
    with pytest.raises(ConfigError, match="mode: this file is for mode 'sim', wanted 'real'"):
        load_cell(CONFIG / 'cell.yaml', mode='real')


def test_overrides_beat_the_file() -> None:
    cell = load_cell(overrides=Overrides(namespace='cell_a', seed=7, bundle='/mine'))
    assert (cell.namespace, cell.policy.bundle) == ('cell_a', '/mine')
    assert cell.sim is not None
    assert cell.sim.seed == 7


def test_seed_of_a_real_cell_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'sim\.seed'):
        load_cell(mode='real', overrides=Overrides(seed=1))


@pytest.mark.parametrize(('old', 'new', 'path', 'hint'), [
    ('bundle: buttons', 'bundel: buttons', 'policy.bundel', 'did you mean'),
    ('action_rate_hz: 50.0', 'action_rate_hz: fast', 'policy.action_rate_hz', 'a number'),
    ('action_rate_hz: 50.0', 'action_rate_hz: 0', 'policy.action_rate_hz', '> 0'),
    ('rate_hz: 125.0', 'rate_hz: 50.0', 'watchdog.rate_hz', 'at least 100'),
    ('realtime_priority: 80', 'realtime_priority: 99', 'controllers.realtime_priority', '0..98'),
    ('    left: forward_position', '    third: mock', 'controllers.backends', 'third'),
    ('    left: forward_position', '    left: "{kind: ur_rtde}"',
     'controllers.backends.left.host', 'missing'),
    ('deadline_ms: 200.0', 'deadline_ms: -1', 'watchdog.streams.camera.front.deadline_ms', '> 0'),
    ('kind: image', 'kind: imgae', 'watchdog.streams.camera.front.kind', "did you mean 'image'"),
    ('reaction: STOP', 'reaction: RUN', 'watchdog.streams.joint_states.reaction',
     'SLOW, HOLD, STOP'),
    ('    camera.front:', '    camera.frond:', 'watchdog.streams.camera.front',
     "the cell relies on it: list it with kind 'image'; did you mean 'camera.frond'?"),
    ('kind: geometry,', 'kind: joint_states,', 'watchdog.streams.geometry.kind',
     "expected 'geometry'"),
    ('deadline_ms: 200.0, arms: []', 'deadline_ms: 200.0, arms: [third]', 'watchdog',
     'camera.front: unknown third'),
    ('arms: [left, right]', 'arms: [left, rigth]', 'arms', "did you mean 'right'"),
    ('arms: [left, right]', 'arms: [left, left]', 'arms', 'different names'),
    ('[front,', '[frond,', 'cameras', "did you mean 'front'"),
    ('left_fingertip_a: {', 'left_thumb: {', 'tactile', 'left_thumb'),
    ('mode: sim', 'mode: simulated', 'mode', 'sim, real'),
    ('seed: 0', 'seed: -1', 'sim.seed', '>= 0'),
    ('frame: left_fingertip_a}', 'frame: left_fingertip_a, device: /dev/x}',
     'tactile.left_fingertip_a.device', 'not allowed in mode sim'),
])
def test_mistake_is_named_with_its_path(
    tmp_path: Path, old: str, new: str, path: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_cell(changed(tmp_path, old, new))
    assert f'  {path}: ' in str(caught.value)
    assert hint in str(caught.value)


@pytest.mark.parametrize(('old', 'new', 'path'), [
    ('auto_arm: false', 'auto_arm: true', 'bringup.auto_arm'),
    (', device: /dev/serial/by-id/usb-<left-a>-if00', '', 'tactile.left_fingertip_a.device'),
])
def test_real_cell_is_stricter(tmp_path: Path, old: str, new: str, path: str) -> None:
    with pytest.raises(ConfigError, match=path.replace('.', r'\.')):
        load_cell(changed(tmp_path, old, new, 'cell_real.yaml'))


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, 'bundle: buttons', 'bundel: buttons')
    path.write_text(path.read_text().replace('seed: 0', 'seed: zero'))
    with pytest.raises(ConfigError) as caught:
        load_cell(path)
    assert 'policy.bundel' in str(caught.value)
    assert 'sim.seed' in str(caught.value)
