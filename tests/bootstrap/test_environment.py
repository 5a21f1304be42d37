# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from rho_bootstrap.environment import build_environment
from rho_bootstrap.environment import run_environment
from rho_bootstrap.layout import Layout

MANIFEST = '<package><name>one</name><build_type>ament_python</build_type></package>'


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A built workspace with one Python package."""
    layout = Layout(root=tmp_path)
    package = tmp_path / 'src' / 'one'
    package.mkdir(parents=True)
    package.joinpath('package.xml').write_text(MANIFEST)
    (layout.install / 'lib' / 'python3.11' / 'site-packages').mkdir(parents=True)
    (layout.site_packages / 'ros_fastdds.libs').mkdir(parents=True)
    return layout


def _paths(env: dict[str, str], key: str) -> list[str]:
    return env[key].split(os.pathsep)


def test_a_sourced_workspace_does_not_leak_into_the_wheels(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('PYTHONPATH', '/foreign/python')
    monkeypatch.setenv('AMENT_PREFIX_PATH', '/foreign/ament')
    monkeypatch.setenv('RMW_IMPLEMENTATION', 'rmw_cyclonedds_cpp')
    env = run_environment(layout)
    assert _paths(env, 'AMENT_PREFIX_PATH') == [str(layout.install), str(layout.venv)]
    assert '/foreign/python' not in _paths(env, 'PYTHONPATH')
    assert env['RMW_IMPLEMENTATION'] == 'rmw_fastrtps_cpp'


def test_an_installed_ros_stays_in_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PYTHONPATH', '/opt/ros/jazzy/python')
    monkeypatch.setenv('AMENT_PREFIX_PATH', '/opt/ros/jazzy')
    monkeypatch.setenv('RMW_IMPLEMENTATION', 'rmw_cyclonedds_cpp')
    monkeypatch.delenv('_ROS_WHEELS_BOOTSTRAP_COMPLETE', raising=False)
    jazzy = Layout(root=tmp_path, distribution='jazzy')
    env = run_environment(jazzy)
    assert _paths(env, 'AMENT_PREFIX_PATH') == [str(jazzy.install), '/opt/ros/jazzy']
    assert _paths(env, 'PYTHONPATH')[-1] == '/opt/ros/jazzy/python'
    assert env['RMW_IMPLEMENTATION'] == 'rmw_cyclonedds_cpp'
    assert '_ROS_WHEELS_BOOTSTRAP_COMPLETE' not in env


def test_python_finds_sources_metadata_and_generated_interfaces(layout: Layout) -> None:
    env = run_environment(layout)
    assert _paths(env, 'PYTHONPATH') == [
        str(layout.root / 'src' / 'one'),
        str(layout.build / 'one'),
        str(layout.install / 'lib' / 'python3.11' / 'site-packages'),
    ]


def test_the_loader_finds_the_wheels_and_our_interfaces(layout: Layout) -> None:
    folders = _paths(run_environment(layout), 'LD_LIBRARY_PATH')
    assert folders[:3] == [
        str(layout.install / 'lib'),
        str(layout.venv / 'lib'),
        str(layout.site_packages / 'ros_fastdds.libs'),
    ]


def test_the_users_choices_win_over_defaults(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ('MUJOCO_GL', 'ROS_AUTOMATIC_DISCOVERY_RANGE', 'FASTDDS_BUILTIN_TRANSPORTS')
    for name in names:
        monkeypatch.delenv(name, raising=False)
    env = run_environment(layout)
    assert [env[name] for name in names] == ['egl', 'LOCALHOST', 'LARGE_DATA']
    for name in names:
        monkeypatch.setenv(name, 'mine')
    env = run_environment(layout)
    assert [env[name] for name in names] == ['mine'] * 3


def test_the_environment_of_a_build_names_no_install(layout: Layout) -> None:
    env = build_environment(layout)
    assert _paths(env, 'CMAKE_PREFIX_PATH') == [str(layout.venv)]
    assert 'PYTHONPATH' not in env
