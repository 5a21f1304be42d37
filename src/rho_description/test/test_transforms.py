# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rho_description.transforms import matrix_from_rpy
from rho_description.transforms import optical_rotation
from rho_description.transforms import quaternion_from_matrix
from rho_description.transforms import rotation_vector
from rho_description.transforms import rotation_z
from rho_description.transforms import rpy_from_matrix

angle = st.floats(-math.pi, math.pi)


def _matrix_from_quaternion(q: np.ndarray) -> np.ndarray:
    w, x, y, z = q
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])


@given(angle, angle, angle)
def test_roll_pitch_yaw_round_trip(roll: float, pitch: float, yaw: float) -> None:
    rotation = matrix_from_rpy(roll, pitch, yaw)
    assert np.allclose(matrix_from_rpy(*rpy_from_matrix(rotation)), rotation, atol=1e-7)


@given(angle, st.sampled_from([-math.pi / 2, math.pi / 2]), angle)
def test_roll_pitch_yaw_round_trip_in_gimbal_lock(roll: float, pitch: float, yaw: float) -> None:
    rotation = matrix_from_rpy(roll, pitch, yaw)
    assert np.allclose(matrix_from_rpy(*rpy_from_matrix(rotation)), rotation, atol=1e-7)


@given(angle, angle, angle)
def test_quaternion_gives_the_same_rotation(roll: float, pitch: float, yaw: float) -> None:
    rotation = matrix_from_rpy(roll, pitch, yaw)
    q = quaternion_from_matrix(rotation)
    assert math.isclose(float(np.linalg.norm(q)), 1.0)
    assert np.allclose(_matrix_from_quaternion(q), rotation, atol=1e-9)


@given(st.floats(-3.1, 3.1))
def test_rotation_vector_is_axis_times_angle(turn: float) -> None:
    assert np.allclose(rotation_vector(rotation_z(turn)), (0.0, 0.0, turn), atol=1e-9)


def test_optical_frame_looks_forward_with_y_down() -> None:
    rotation = optical_rotation((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    assert np.allclose(rotation[:, 2], (1.0, 0.0, 0.0))
    assert np.allclose(rotation[:, 1], (0.0, 0.0, -1.0))
    assert np.allclose(rotation[:, 0], (0.0, -1.0, 0.0))
    assert math.isclose(float(np.linalg.det(rotation)), 1.0)
