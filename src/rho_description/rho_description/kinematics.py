# SPDX-License-Identifier: Apache-2.0
"""Forward kinematics and Jacobian of an arm's tip in the world frame, numpy only."""

import numpy as np
from numpy.typing import ArrayLike

from rho_description.cell import CellDescription
from rho_description.load import cell
from rho_description.transforms import Array
from rho_description.transforms import pose
from rho_description.transforms import rotation_vector
from rho_description.transforms import rotation_z

_BASE_FROM_FIRST = pose(rotation_z(np.pi), np.zeros(3))  # vendor: base_link is turned by 180 deg


def tip_pose(
    arm: str, q: ArrayLike, description: CellDescription | None = None
) -> tuple[Array, Array]:
    """Return where the tip is.

    Args:
        arm: name of the arm.
        q: positions of the six arm joints [rad].
        description: the cell, by default the default cell.

    Returns:
        Position [m], shape (3,), and rotation, shape (3, 3), of the tip frame in the world.
    """
    frames = _chain(arm, q, description or cell())
    return frames[-1][:3, 3].copy(), frames[-1][:3, :3].copy()


def jacobian(arm: str, q: ArrayLike, description: CellDescription | None = None) -> Array:
    """Return the geometric Jacobian of the tip in the world frame.

    Returns:
        Shape (6, 6): rows velocity [m/s] and angular velocity [rad/s], columns joints.
    """
    frames = _chain(arm, q, description or cell())
    tip = frames[-1][:3, 3]
    out = np.empty((6, 6))
    for i, frame in enumerate(frames[:-1]):
        axis = frame[:3, 2]
        out[:3, i] = np.cross(axis, tip - frame[:3, 3])
        out[3:, i] = axis
    return out


def solve_inverse(
    arm: str,
    position: ArrayLike,
    rotation: ArrayLike,
    start: ArrayLike,
    description: CellDescription | None = None,
) -> Array | None:
    """Search joint positions that bring the tip to a pose, by damped least squares.

    Returns:
        Joint positions within the limits, shape (6,), or None when none was found.
    """
    description = description or cell()
    limits = description.arm(arm).limits
    q = np.array(start, dtype=np.float64)
    for _ in range(200):
        at, turned = tip_pose(arm, q, description)
        error = np.concatenate([
            np.asarray(position) - at,
            rotation_vector(np.asarray(rotation) @ turned.T),
        ])
        if np.linalg.norm(error[:3]) < 1e-5 and np.linalg.norm(error[3:]) < 1e-4:
            inside = np.all(q >= limits.lower[:6]) and np.all(q <= limits.upper[:6])
            return q if inside else None
        q += np.clip(damped_step(jacobian(arm, q, description), error, 0.01), -0.2, 0.2)
    return None


def damped_step(jacobian_matrix: Array, error: Array, damping: float) -> Array:
    """Return the damped least squares step J^T (J J^T + damping^2 I)^-1 error, shape (J,)."""
    square = jacobian_matrix @ jacobian_matrix.T
    square[np.diag_indices_from(square)] += damping**2
    step: Array = jacobian_matrix.T @ np.linalg.solve(square, error)
    return step


def _chain(arm: str, q: ArrayLike, description: CellDescription) -> list[Array]:
    """Return the frames of the six joints and of the tip in the world."""
    frame = description.arm(arm).base_pose @ _BASE_FROM_FIRST
    frames = []
    for joint, angle in zip(description.joints, np.asarray(q, dtype=np.float64), strict=True):
        frame = frame @ joint.origin
        c, s = np.cos(angle), np.sin(angle)
        x, y = frame[:, 0].copy(), frame[:, 1].copy()
        frame[:, 0] = c * x + s * y
        frame[:, 1] = c * y - s * x
        frames.append(frame)
    frames.append(frame @ description.tool_from_tip())
    return frames
