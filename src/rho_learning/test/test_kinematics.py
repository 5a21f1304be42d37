# SPDX-License-Identifier: Apache-2.0
"""Differentiable kinematics against numeric kinematics and finite differences."""

import numpy as np
import pytest
import torch

from rho_description import kinematics
from rho_learning.kinematics import ArmKinematics
from rho_learning.kinematics import damped_inverse
from rho_learning.kinematics import rotation_error

ARMS = ('left', 'right')


@pytest.fixture(scope='module')
def arms() -> ArmKinematics:
    """Both arms of the default cell."""
    return ArmKinematics.from_functions(kinematics.tip_pose, kinematics.jacobian, ARMS)


def random_joints(seed: int, batch: int = 16) -> np.ndarray:
    """Joint angles of both arms, shape (batch, 2, 6)."""
    return np.random.default_rng(seed).uniform(-2.5, 2.5, size=(batch, 2, 6))


def test_agrees_with_the_numeric_kinematics_of_the_description(arms: ArmKinematics) -> None:
    joints = random_joints(0)
    state = arms(torch.tensor(joints, dtype=torch.float32))
    for sample, angles in enumerate(joints):
        for index, arm in enumerate(ARMS):
            position, rotation = kinematics.tip_pose(arm, angles[index])
            jacobian = kinematics.jacobian(arm, angles[index])
            assert state.position[sample, index].numpy() == pytest.approx(position, abs=1e-5)
            assert state.rotation[sample, index].numpy() == pytest.approx(rotation, abs=1e-5)
            assert state.jacobian[sample, index].numpy() == pytest.approx(jacobian, abs=1e-5)


def test_linear_jacobian_is_the_derivative_of_the_position(arms: ArmKinematics) -> None:
    exact = arms.double()
    joints = torch.tensor(random_joints(1, batch=1))
    expected = torch.autograd.functional.jacobian(lambda q: exact(q).position, joints)
    for arm in range(2):
        derivative = expected[0, arm, :, 0, arm]
        assert torch.allclose(derivative, exact(joints).jacobian[0, arm, :3], atol=1e-9)
    arms.float()


def test_angular_jacobian_matches_finite_differences(arms: ArmKinematics) -> None:
    exact = arms.double()
    joints = torch.tensor(random_joints(2, batch=4))
    step = 1e-6 * torch.tensor(random_joints(3, batch=4))
    before, after = exact(joints), exact(joints + step)
    turned = torch.matmul(before.jacobian, step[..., None])[..., 3:, 0]
    assert torch.allclose(rotation_error(after.rotation, before.rotation), turned, atol=1e-10)
    arms.float()


def test_damped_inverse_solves_the_regularised_problem() -> None:
    jacobian = torch.tensor(np.random.default_rng(4).normal(size=(5, 2, 6, 6)))
    square = jacobian @ jacobian.transpose(-1, -2) + 0.01**2 * torch.eye(6)
    expected = jacobian.transpose(-1, -2) @ torch.linalg.inv(square)
    assert torch.allclose(damped_inverse(jacobian, 0.01), expected, atol=1e-9)


def test_damped_inverse_stays_bounded_at_a_singularity() -> None:
    inverse = damped_inverse(torch.zeros(1, 1, 6, 6), 0.01)
    assert torch.equal(inverse, torch.zeros(1, 1, 6, 6))


def test_rotation_error_vanishes_at_the_goal(arms: ArmKinematics) -> None:
    rotation = arms(torch.tensor(random_joints(5), dtype=torch.float32)).rotation
    assert rotation_error(rotation, rotation).abs().max() < 1e-6
