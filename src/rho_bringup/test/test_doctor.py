# SPDX-License-Identifier: Apache-2.0
"""Tests of the doctor's checks."""

import os
from pathlib import Path

import pytest

from rho_bringup.doctor.checks import check_python
from rho_bringup.doctor.checks import check_realtime
from rho_bringup.doctor.checks import check_rendering
from rho_bringup.doctor.checks import check_ros
from rho_bringup.doctor.checks import check_shared_memory
from rho_bringup.doctor.checks import check_transport
from rho_bringup.doctor.finding import Finding
from rho_bringup.doctor.finding import Level


def test_line_says_what_to_do() -> None:
    finding = Finding(name='Python', level=Level.ERROR, detail='3.8', advice='use a newer one')
    assert finding.line() == 'error   Python              3.8 -> use a newer one'
    assert finding.tree()['level'] == 'error'


@pytest.mark.parametrize(('version', 'level'), [
    ((3, 9), Level.ERROR), ((3, 10), Level.OK), ((3, 13), Level.OK), ((3, 14), Level.ERROR)])
def test_python_must_be_in_range(version: tuple[int, int], level: Level) -> None:
    assert check_python(version).level is level


def test_missing_ros_and_missing_interfaces_are_different_errors() -> None:
    assert 'rclpy is missing' in check_ros({}, lambda name: False).detail
    assert 'not built' in check_ros({}, lambda name: name == 'rclpy').detail
    found = check_ros({'ROS_DISTRO': 'jazzy'}, lambda name: True)
    assert (found.level, found.detail) == (Level.OK, 'installed jazzy')


def test_ordinary_user_without_permission_gets_a_warning() -> None:
    assert check_realtime((0, 0), user_id=1000).level is Level.WARNING
    assert check_realtime((80, 80), user_id=1000).level is Level.OK
    assert check_realtime((0, 0), user_id=0).level is Level.OK


def test_shared_memory_must_exist(tmp_path: Path) -> None:
    assert check_shared_memory(tmp_path).level in (Level.OK, Level.WARNING)
    assert check_shared_memory(tmp_path / 'nothing').level is Level.ERROR


def test_default_transport_is_warned_about() -> None:
    assert check_transport({}).level is Level.WARNING
    assert check_transport({'FASTDDS_BUILTIN_TRANSPORTS': 'LARGE_DATA'}).level is Level.OK
    assert check_transport({'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'}).level is Level.OK


def test_broken_rendering_is_reported_and_not_raised() -> None:
    pytest.importorskip('mujoco')
    found = check_rendering({**os.environ, 'MUJOCO_GL': 'nonsense'})
    assert found.level is Level.ERROR
    assert 'nonsense' in found.detail
