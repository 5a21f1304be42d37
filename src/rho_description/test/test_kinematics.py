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

TOLERANCE_M = 1e-3
CELL = cell()


class UrdfChain:
    """Walks a URDF text; knows nothing of the code that wrote it."""

    def __init__(self, text: str) -> None:
        self._joints = {
            joint.find('child').get('link'): joint for joint in Xml.fromstring(text).iter('joint')}

    def world_from(self, link: str, positions: dict[str, float]) -> np.ndarray:
        if link == 'world':
            return np.eye(4)
        joint = self._joints[link]
        parent = self.world_from(joint.find('parent').get('link'), positions)
        origin = joint.find('origin')
        x, y, z = (float(v) for v in origin.get('xyz').split())
        r, p, w = (float(v) for v in origin.get('rpy').split())
        fixed = np.eye(4)
        fixed[:3, :3] = _turn((0, 0, 1), w) @ _turn((0, 1, 0), p) @ _turn((1, 0, 0), r)
        fixed[:3, 3] = (x, y, z)
        return parent @ fixed @ self._motion(joint, positions)

    def _motion(self, joint: Xml.Element, positions: dict[str, float]) -> np.ndarray:
        moved = np.eye(4)
        if joint.get('type') == 'fixed':
            return moved
        axis = [float(v) for v in joint.find('axis').get('xyz').split()]
        mimic = joint.find('mimic')
        value = positions[joint.get('name') if mimic is None else mimic.get('joint')]
        if joint.get('type') == 'revolute':
            moved[:3, :3] = _turn(axis, value)
        else:
            moved[:3, 3] = np.array(axis) * value
        return moved


def _turn(axis: list[float] | tuple[int, ...], angle: float) -> np.ndarray:
    """Rodrigues' formula."""
    x, y, z = axis
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * k + (1.0 - math.cos(angle)) * k @ k


@pytest.fixture(scope='module')
def chain() -> UrdfChain:
    return UrdfChain(urdf())


@pytest.fixture(scope='module')
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(mjcf_arms())


def _random_positions(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(CELL.limits.lower, CELL.limits.upper)


def _pose_mujoco(model: mujoco.MjModel, positions: np.ndarray) -> mujoco.MjData:
    data = mujoco.MjData(model)
    for name, value in zip(CELL.joint_names, positions, strict=True):
        data.joint(name).qpos = value
    for arm in CELL.arms.values():
        mirror = f'{arm.name}_gripper_mirror_joint'
        data.joint(mirror).qpos = data.joint(arm.joint_names[6]).qpos
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)
    return data


def test_urdf_mjcf_and_kinematics_agree_at_random_configurations(
    chain: UrdfChain, model: mujoco.MjModel
) -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        positions = _random_positions(rng)
        data = _pose_mujoco(model, positions)
        named = dict(zip(CELL.joint_names, positions, strict=True))
        for arm, q in zip(CELL.arms.values(), np.split(positions, 2), strict=True):
            position, rotation = kinematics.tip_pose(arm.name, q[:6])
            in_urdf = chain.world_from(arm.tip_frame, named)
            in_mujoco = data.site(arm.tip_frame)
            assert np.linalg.norm(in_urdf[:3, 3] - position) < TOLERANCE_M
            assert np.linalg.norm(in_mujoco.xpos - position) < TOLERANCE_M
            assert np.allclose(in_urdf[:3, :3], rotation, atol=1e-6)
            assert np.allclose(in_mujoco.xmat.reshape(3, 3), rotation, atol=1e-6)


def test_every_link_and_frame_is_at_the_same_place_in_urdf_and_mjcf(
    chain: UrdfChain, model: mujoco.MjModel
) -> None:
    positions = _random_positions(np.random.default_rng(12))
    data = _pose_mujoco(model, positions)
    named = dict(zip(CELL.joint_names, positions, strict=True))
    for body in range(1, model.nbody):
        place = chain.world_from(model.body(body).name, named)
        assert np.linalg.norm(place[:3, 3] - data.xpos[body]) < TOLERANCE_M
        assert np.allclose(place[:3, :3], data.xmat[body].reshape(3, 3), atol=1e-6)
    for sensor in CELL.fingertips:
        place = chain.world_from(sensor, named)
        assert np.linalg.norm(place[:3, 3] - data.site(sensor).xpos) < TOLERANCE_M


def test_optical_frames_are_the_cameras_with_z_forward_and_y_down(
    chain: UrdfChain, model: mujoco.MjModel
) -> None:
    positions = CELL.home
    data = _pose_mujoco(model, positions)
    named = dict(zip(CELL.joint_names, positions, strict=True))
    for camera in CELL.cameras.values():
        place = chain.world_from(camera.optical_frame, named)
        seen = data.camera(camera.name)
        assert np.linalg.norm(place[:3, 3] - seen.xpos) < TOLERANCE_M
        optical = seen.xmat.reshape(3, 3) @ np.diag([1.0, -1.0, -1.0])
        assert np.allclose(place[:3, :3], optical, atol=1e-6)


def test_jacobian_is_the_derivative_of_the_pose() -> None:
    rng = np.random.default_rng(13)
    h = 1e-6
    for arm in CELL.arms:
        q = rng.uniform(-2.0, 2.0, 6)
        analytic = kinematics.jacobian(arm, q)
        _, rotation = kinematics.tip_pose(arm, q)
        for i in range(6):
            step = np.eye(6)[i] * h
            ahead, turned_ahead = kinematics.tip_pose(arm, q + step)
            behind, turned_behind = kinematics.tip_pose(arm, q - step)
            spin = (turned_ahead - turned_behind) @ rotation.T / (2 * h)
            assert np.allclose(analytic[:3, i], (ahead - behind) / (2 * h), atol=1e-6)
            assert np.allclose(analytic[3:, i], (spin[2, 1], spin[0, 2], spin[1, 0]), atol=1e-6)


def test_inverse_finds_a_pose_again() -> None:
    rng = np.random.default_rng(14)
    for arm in CELL.arms.values():
        wanted = arm.home[:6] + rng.uniform(-0.3, 0.3, 6)
        position, rotation = kinematics.tip_pose(arm.name, wanted)
        found = kinematics.solve_inverse(arm.name, position, rotation, arm.home[:6])
        assert found is not None
        assert np.linalg.norm(kinematics.tip_pose(arm.name, found)[0] - position) < 1e-4


def test_inverse_gives_none_out_of_reach() -> None:
    arm = CELL.arms['left']
    _, rotation = kinematics.tip_pose('left', arm.home[:6])
    assert kinematics.solve_inverse('left', (2.0, 0.0, 0.1), rotation, arm.home[:6]) is None


def test_zero_position_is_that_of_the_manufacturer() -> None:
    # Stretched out along base_link's x with d1, a2, a3, d4, d5, d6 of the data sheet.
    position, _ = kinematics.tip_pose('left', np.zeros(6))
    base = CELL.arms['left'].base_pose[:3, 3]
    expected = np.add(base, (0.425 + 0.3922, 0.1333 + 0.0996 + 0.15, 0.1625 - 0.0997))
    assert np.allclose(position, expected, atol=1e-9)
