# SPDX-License-Identifier: Apache-2.0
"""Differentiable kinematics of both arms in plain tensor operations, exportable to ONNX."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch import nn

Array = NDArray[np.float64]
JOINTS = 6


class TipState(NamedTuple):
    """Fingertip poses and Jacobians of A arms in the world frame."""

    position: Tensor  # (B, A, 3) [m]
    rotation: Tensor  # (B, A, 3, 3)
    jacobian: Tensor  # (B, A, 6, 6) linear rows first


def _skew(vector: Array) -> Array:
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


class ArmKinematics(nn.Module):
    """Product of exponentials (Lynch and Park, Modern Robotics, ch. 4-5), arms as a batch axis."""

    axes: Tensor
    points: Tensor
    tip_position: Tensor
    tip_rotation: Tensor
    skew: Tensor
    skew_squared: Tensor
    identity: Tensor

    def __init__(self, axes: Array, points: Array, position: Array, rotation: Array) -> None:
        """Take the chains at zero joint angles.

        Args:
            axes: Unit joint axes in the world frame, shape (A, 6, 3).
            points: A point on each axis [m], shape (A, 6, 3).
            position: Tip positions [m], shape (A, 3).
            rotation: Tip rotations, shape (A, 3, 3).
        """
        super().__init__()
        skew = np.stack([[_skew(axis) for axis in arm] for arm in axes])
        for name, value in {
            'axes': axes[..., None],
            'points': points[..., None],
            'tip_position': position[..., None],
            'tip_rotation': rotation,
            'skew': skew,
            'skew_squared': skew @ skew,
            'identity': np.eye(3),
        }.items():
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32), persistent=False)

    @classmethod
    def from_functions(
        cls,
        tip_pose: Callable[[str, Array], tuple[Array, Array]],
        jacobian: Callable[[str, Array], Array],
        arms: tuple[str, ...],
    ) -> 'ArmKinematics':
        """Read the screw axes off numeric kinematics at zero joint angles.

        Args:
            tip_pose: (arm, q (6,)) -> position (3,), rotation (3, 3), in the world frame.
            jacobian: (arm, q (6,)) -> (6, 6), linear rows first, in the world frame.
            arms: Arm names in order.
        """
        zero = np.zeros(JOINTS)
        axes, points, positions, rotations = [], [], [], []
        for arm in arms:
            position, rotation = tip_pose(arm, zero)
            linear, angular = np.split(np.asarray(jacobian(arm, zero)), 2)
            # v = w x (tip - p) gives the point of the axis nearest to the tip: p = tip + w x v.
            offset = np.cross(angular.T, linear.T)
            axes.append(angular.T)
            points.append(np.asarray(position) + offset)
            positions.append(position)
            rotations.append(rotation)
        return cls(np.array(axes), np.array(points), np.array(positions), np.array(rotations))

    def forward(self, joints: Tensor) -> TipState:
        """Return tip poses and Jacobians for joint angles (B, A, 6) [rad]."""
        sin = torch.sin(joints)[..., None, None]
        versine = (1.0 - torch.cos(joints))[..., None, None]
        steps = self.identity + sin * self.skew + versine * self.skew_squared
        shifts = self.points - torch.matmul(steps, self.points)
        rotation = self.identity.expand(joints.shape[0], joints.shape[1], 3, 3)
        position = torch.zeros_like(joints[..., :3])[..., None]
        axes, points = [], []
        for joint in range(JOINTS):
            axes.append(torch.matmul(rotation, self.axes[:, joint]))
            points.append(torch.matmul(rotation, self.points[:, joint]) + position)
            position = torch.matmul(rotation, shifts[:, :, joint]) + position
            rotation = torch.matmul(rotation, steps[:, :, joint])
        tip = torch.matmul(rotation, self.tip_position) + position
        angular = torch.cat(axes, dim=-1)
        linear = cross(angular, tip - torch.cat(points, dim=-1))
        return TipState(
            position=tip[..., 0],
            rotation=torch.matmul(rotation, self.tip_rotation),
            jacobian=torch.cat([linear, angular], dim=-2),
        )


def cross(first: Tensor, second: Tensor) -> Tensor:
    """Cross product along the last but one axis, spelled out because ONNX has none."""
    a, b, c = first[..., 0:1, :], first[..., 1:2, :], first[..., 2:3, :]
    x, y, z = second[..., 0:1, :], second[..., 1:2, :], second[..., 2:3, :]
    return torch.cat([b * z - c * y, c * x - a * z, a * y - b * x], dim=-2)


def rotation_error(goal: Tensor, current: Tensor) -> Tensor:
    """Axis times sine of the angle that takes ``current`` to ``goal``, both (..., 3, 3)."""
    product = torch.matmul(goal, current.transpose(-1, -2))
    return 0.5 * torch.stack(
        [
            product[..., 2, 1] - product[..., 1, 2],
            product[..., 0, 2] - product[..., 2, 0],
            product[..., 1, 0] - product[..., 0, 1],
        ],
        dim=-1,
    )


def damped_inverse(jacobian: Tensor, damping: float) -> Tensor:
    """Return J^T (J J^T + damping^2 I)^-1 for (..., 6, 6).

    The inverse is an unrolled Gauss-Jordan elimination: the matrix is symmetric positive definite,
    so it needs no pivoting, and ONNX has no inverse operator.
    """
    size = jacobian.shape[-1]
    identity = torch.eye(size, dtype=jacobian.dtype)
    square = torch.matmul(jacobian, jacobian.transpose(-1, -2)) + damping**2 * identity
    work = torch.cat([square, identity.expand(square.shape)], dim=-1)
    for row in range(size):
        pivot = work[..., row : row + 1, :] / work[..., row : row + 1, row : row + 1]
        # The unit vector turns the pivot row itself into `pivot` in the same expression.
        column = work[..., :, row : row + 1] - identity[:, row : row + 1]
        work = work - column * pivot
    return torch.matmul(jacobian.transpose(-1, -2), work[..., size:])
