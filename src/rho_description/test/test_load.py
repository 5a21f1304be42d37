# SPDX-License-Identifier: Apache-2.0
from importlib.resources import files

import pytest

from rho_description import DescriptionError
from rho_description import cell
from rho_description import load_cell

TEXT = files('rho_description').joinpath('data/cell.yaml').read_text()


def _changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_shipped_file_loads_and_is_cached() -> None:
    assert load_cell(TEXT).joint_names == cell().joint_names
    assert cell() is cell()


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('tip_z_m: 0.15', 'tip_z: 0.15', r'gripper\.tip_z'),
        ('tip_z_m: 0.15', 'tip_z_m: high', r'gripper\.tip_z_m: expected a finite number'),
        ('tip_z_m: 0.15', 'tip_z_m: .nan', r'gripper\.tip_z_m: expected a finite number'),
        ('dh: {a: 0.0, d: 0.1625,', 'dh: {a: 0.0,', r'shoulder_pan_joint\.dh\.d'),
        ('base_xyz: [0.0, 0.30, 0.0]', 'base_xyz: [0.0, 0.30]', r'left\.base_xyz: expected 3'),
        ('velocity: 0.15', 'velocity: 0.0', r'limit\.velocity: expected values > 0'),
        ('lower: 0.0, upper: 0.04', 'lower: 0.05, upper: 0.04', r'lower < upper'),
        ('name: dual_ur5e', 'name: dual_ur5e\nname: again', r'name: given twice'),
    ],
)
def test_a_wrong_file_is_refused_with_the_path(old: str, new: str, message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        load_cell(_changed(old, new))


def test_a_home_position_out_of_limits_is_refused() -> None:
    with pytest.raises(DescriptionError, match='home'):
        load_cell(_changed('-0.4611, 0.0]', '-0.4611, 0.5]'))


def test_an_unknown_arm_or_camera_is_answered_with_the_known_ones() -> None:
    with pytest.raises(DescriptionError, match='left, right'):
        cell().arm('middle')
    with pytest.raises(DescriptionError, match='front, left_wrist, right_wrist'):
        cell().camera('rear')
