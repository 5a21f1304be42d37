# SPDX-License-Identifier: Apache-2.0
"""Joint trajectories: the stamp is the time from which the points count."""

from array import array

import numpy as np
from numpy.typing import NDArray
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMessage
from trajectory_msgs.msg import JointTrajectoryPoint

from rho_core.errors import Refused
from rho_core.motion.trajectory import JointTrajectory
from rho_ros.conversions.time import duration_from_ros
from rho_ros.conversions.time import duration_to_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


def trajectory_to_ros(trajectory: JointTrajectory) -> JointTrajectoryMessage:
    """Makes a trajectory a message; points without velocities or accelerations leave them open."""
    message = JointTrajectoryMessage(joint_names=list(trajectory.joint_names))
    message.header.stamp = time_to_ros(trajectory.start_ns)
    for i, time_s in enumerate(trajectory.times_s.tolist()):
        point = JointTrajectoryPoint()
        point.time_from_start = duration_to_ros(round(time_s * 1e9))
        point.positions = _doubles(trajectory.positions[i])
        if trajectory.velocities is not None:
            point.velocities = _doubles(trajectory.velocities[i])
        if trajectory.accelerations is not None:
            point.accelerations = _doubles(trajectory.accelerations[i])
        message.points.append(point)
    return message


def trajectory_from_ros(message: JointTrajectoryMessage) -> JointTrajectory:
    """Reads a trajectory. Well formed does not mean that an arm may follow it.

    Raises:
        Refused: no points, doubled joints, arrays that do not match the joints, velocities or
            accelerations in some points only, times that do not increase, or values that are not
            finite.
    """
    points = message.points
    has_velocities = any(len(point.velocities) > 0 for point in points)
    has_accelerations = any(len(point.accelerations) > 0 for point in points)
    for i, point in enumerate(points):
        _check_length(i, 'positions', len(point.positions), len(message.joint_names))
        if has_velocities:
            _check_length(i, 'velocities', len(point.velocities), len(message.joint_names))
        if has_accelerations:
            _check_length(i, 'accelerations', len(point.accelerations), len(message.joint_names))
    return JointTrajectory(
        start_ns=time_from_ros(message.header.stamp),
        times_s=np.array([duration_from_ros(point.time_from_start) for point in points]) * 1e-9,
        joint_names=tuple(message.joint_names),
        positions=np.array([point.positions for point in points], dtype=np.float64),
        velocities=(
            np.array([point.velocities for point in points], dtype=np.float64)
            if has_velocities
            else None
        ),
        accelerations=(
            np.array([point.accelerations for point in points], dtype=np.float64)
            if has_accelerations
            else None
        ),
    )


def _doubles(values: NDArray[np.float64]) -> 'array[float]':
    return array('d', values.tobytes())


def _check_length(point: int, field: str, got: int, expected: int) -> None:
    if got != expected:
        raise Refused(f'points[{point}].{field}: expected {expected} values, got {got}')
