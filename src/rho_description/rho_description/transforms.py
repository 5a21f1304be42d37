# SPDX-License-Identifier: Apache-2.0
"""Rotations and poses as plain numpy arrays."""

import math

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rotation_x(angle_rad: float) -> Array:
    """Return the rotation about x, shape (3, 3)."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def rotation_y(angle_rad: float) -> Array:
    """Return the rotation about y, shape (3, 3)."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rotation_z(angle_rad: float) -> Array:
    """Return the rotation about z, shape (3, 3)."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def pose(rotation: ArrayLike, position: ArrayLike) -> Array:
    """Return the homogeneous transform, shape (4, 4)."""
    out = np.eye(4)
    out[:3, :3] = rotation
    out[:3, 3] = position
    return out


def rpy_from_matrix(rotation: Array) -> tuple[float, float, float]:
    """Return roll, pitch, yaw [rad] of URDF (R = Rz(yaw) Ry(pitch) Rx(roll))."""
    pitch = math.atan2(-rotation[2, 0], math.hypot(rotation[0, 0], rotation[1, 0]))
    if abs(abs(pitch) - math.pi / 2) < 1e-9:
        return math.atan2(-rotation[1, 2], rotation[1, 1]), pitch, 0.0
    roll = math.atan2(rotation[2, 1], rotation[2, 2])
    return roll, pitch, math.atan2(rotation[1, 0], rotation[0, 0])


def matrix_from_rpy(roll: float, pitch: float, yaw: float) -> Array:
    """Return the rotation of URDF's roll, pitch, yaw [rad], shape (3, 3)."""
    return rotation_z(yaw) @ rotation_y(pitch) @ rotation_x(roll)


def quaternion_from_matrix(rotation: Array) -> Array:
    """Return the unit quaternion w, x, y, z with w >= 0, shape (4,)."""
    trace = float(np.trace(rotation))
    squares = np.array([trace, *(2.0 * np.diag(rotation) - trace)]) + 1.0
    largest = int(np.argmax(squares))
    q = np.zeros(4)
    q[largest] = squares[largest]
    antisymmetric = (
        rotation[2, 1] - rotation[1, 2],
        rotation[0, 2] - rotation[2, 0],
        rotation[1, 0] - rotation[0, 1],
    )
    if largest == 0:
        q[1:] = antisymmetric
    else:
        i = largest - 1
        q[0] = antisymmetric[i]
        for j in range(3):
            if j != i:
                q[j + 1] = rotation[i, j] + rotation[j, i]
    q /= np.linalg.norm(q)
    return q if q[0] >= 0 else -q


def optical_rotation(position: ArrayLike, target: ArrayLike, up: ArrayLike) -> Array:
    """Return the optical frame (x right, y down, z forward) of a camera looking at a target."""
    forward = np.asarray(target, float) - np.asarray(position, float)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, np.asarray(up, float))
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward], axis=1)


def rotation_vector(rotation: Array) -> Array:
    """Return axis times angle [rad] of a rotation, shape (3,)."""
    q = quaternion_from_matrix(rotation)
    sine = float(np.linalg.norm(q[1:]))
    if sine < 1e-12:
        return 2.0 * q[1:]
    return q[1:] * (2.0 * math.atan2(sine, q[0]) / sine)
