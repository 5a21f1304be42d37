# SPDX-License-Identifier: Apache-2.0
import math
from xml.etree import ElementTree as Xml

import mujoco
import numpy as np
import pytest

from rho_description import cell
from rho_description import kinematics
from rho_description import mjcf_arms
from rho_description import urdf

CELL = cell()
ROBOT = Xml.fromstring(urdf())
MODEL = mujoco.MjModel.from_xml_string(mjcf_arms())


def test_joint_names_are_those_of_the_cell_left_arm_first() -> None:
    stem = ('shoulder_pan', 'shoulder_lift', 'elbow', 'wrist_1', 'wrist_2', 'wrist_3', 'gripper')
    wanted = [f'{arm}_{name}_joint' for arm in ('left', 'right') for name in stem]
    assert list(CELL.joint_names) == wanted


def test_limits_are_the_published_ones() -> None:
    limits = CELL.arm('left').limits
    assert np.allclose(limits.upper, [*[2 * math.pi] * 2, math.pi, *[2 * math.pi] * 3, 0.04])
    assert np.allclose(limits.velocity[:6], math.pi)
    assert np.allclose(limits.effort[:6], (150.0, 150.0, 150.0, 28.0, 28.0, 28.0))


@pytest.mark.parametrize('name', CELL.joint_names)
def test_limits_are_equal_in_urdf_and_mjcf(name: str) -> None:
    i = CELL.joint_names.index(name)
    limit = ROBOT.find(f"joint[@name='{name}']/limit")
    limits = CELL.limits
    for key in ('lower', 'upper', 'velocity', 'effort'):
        assert math.isclose(float(limit.get(key)), getattr(limits, key)[i], rel_tol=1e-9)
    assert np.allclose(MODEL.joint(name).range, (limits.lower[i], limits.upper[i]))
    actuator = MODEL.actuator(name)
    assert np.allclose(actuator.ctrlrange, (limits.lower[i], limits.upper[i]))
    assert np.allclose(actuator.forcerange, (-limits.effort[i], limits.effort[i]))


def test_actuators_are_in_the_order_of_the_joints() -> None:
    assert [MODEL.actuator(i).name for i in range(MODEL.nu)] == list(CELL.joint_names)


def test_all_frames_exist_in_the_urdf() -> None:
    links = {link.get('name') for link in ROBOT.iter('link')}
    for arm in CELL.arms.values():
        assert {arm.base_frame, arm.tip_frame, f'{arm.name}_tool0', *arm.fingertips} <= links
    assert {camera.optical_frame for camera in CELL.cameras.values()} <= links


def test_urdf_is_one_tree_rooted_in_world() -> None:
    links = {link.get('name') for link in ROBOT.iter('link')}
    children = [joint.find('child').get('link') for joint in ROBOT.iter('joint')]
    assert len(children) == len(set(children))
    assert links - set(children) == {'world'}
    assert len({joint.get('name') for joint in ROBOT.iter('joint')}) == len(children)


def test_mirror_finger_mimics_the_gripper_joint() -> None:
    for arm in CELL.arms.values():
        mimic = ROBOT.find(f"joint[@name='{arm.name}_gripper_mirror_joint']/mimic")
        assert mimic.get('joint') == arm.joint_names[6]
        assert float(mimic.get('multiplier')) == 1.0
        assert f'{arm.name}_gripper_mirror_joint' not in CELL.joint_names


def test_masses_are_equal_in_urdf_and_mjcf() -> None:
    for link in ROBOT.iter('link'):
        mass = link.find('inertial/mass')
        if mass is not None:
            assert math.isclose(float(mass.get('value')), MODEL.body(link.get('name')).mass[0])


def test_home_points_both_grippers_down_apart_from_each_other() -> None:
    tips = []
    for arm in CELL.arms.values():
        position, rotation = kinematics.tip_pose(arm.name, arm.home[:6])
        assert np.allclose(rotation[:, 2], (0.0, 0.0, -1.0), atol=1e-3)
        assert position[2] > 0.2
        tips.append(position)
    assert np.linalg.norm(tips[0] - tips[1]) > 0.4


def test_arrays_of_the_cell_are_read_only() -> None:
    with pytest.raises(ValueError, match='read-only'):
        CELL.home[0] = 1.0
    with pytest.raises(ValueError, match='read-only'):
        CELL.limits.upper[0] = 1.0
