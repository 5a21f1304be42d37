# SPDX-License-Identifier: Apache-2.0
"""Joint trajectories: times, positions and, if given, velocities of one group of joints."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from trajectory_msgs.msg import JointTrajectory
from trajectory_msgs.msg import JointTrajectoryPoint

from rho_core.errors import Refused
from rho_ros.conversions.time import duration_from_ros
from rho_ros.conversions.time import duration_to_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedTrajectory:
    """A trajectory as it came: complete in structure, its values not judged yet.

    Attributes:
        start_ns: header stamp; point i is due at start_ns + times_s[i] [ns].
        joint_names: joints in the order of the columns.
        times_s: time from start, shape (N,) [s].
        positions: shape (N, J) [rad, m].
        velocities: shape (N, J) [rad/s, m/s], None when no point has any.
    """

    start_ns: int
    joint_names: tuple[str, ...]
    times_s: NDArray[np.float64]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64] | None


def trajectory_to_ros(
    start_ns: int,
    times_s: NDArray[np.float64],
    positions: NDArray[np.float64],
    joint_names: Sequence[str],
    velocities: NDArray[np.float64] | None = None,
) -> JointTrajectory:
    """Makes a trajectory a message.

    Args:
        start_ns: header stamp [ns].
        times_s: time from start of each point, shape (N,) [s].
        positions: shape (N, J) [rad, m].
        joint_names: names of the columns.
        velocities: shape (N, J) [rad/s, m/s], None to leave them open.
    """
    message = JointTrajectory(joint_names=list(joint_names))
    message.header.stamp = time_to_ros(start_ns)
    rows = np.ascontiguousarray(positions, dtype=np.float64)
    for i, time_s in enumerate(np.asarray(times_s, dtype=np.float64).tolist()):
        point = JointTrajectoryPoint()
        point.time_from_start = duration_to_ros(round(time_s * 1e9))
        point.positions = array('d', rows[i].tobytes())
        if velocities is not None:
            point.velocities = array('d', np.asarray(velocities[i], np.float64).tobytes())
        message.points.append(point)
    return message


def trajectory_from_ros(message: JointTrajectory) -> ReceivedTrajectory:
    """Reads a trajectory.

    Raises:
        Refused: no points, or a point whose arrays do not match the joint names.
    """
    names = tuple(message.joint_names)
    points = message.points
    if not points or not names:
        raise Refused(
            f'trajectory: expected joints and points, got {len(names)} joints '
            f'and {len(points)} points'
        )
    has_velocities = len(points[0].velocities) > 0
    for i, point in enumerate(points):
        _check_length(f'points[{i}].positions', len(point.positions), len(names))
        _check_length(
            f'points[{i}].velocities', len(point.velocities), len(names) if has_velocities else 0
        )
    return ReceivedTrajectory(
        start_ns=time_from_ros(message.header.stamp),
        joint_names=names,
        times_s=_read_only([duration_from_ros(point.time_from_start) * 1e-9 for point in points]),
        positions=_read_only([point.positions for point in points]),
        velocities=_read_only([point.velocities for point in points]) if has_velocities else None,
    )


def _check_length(field: str, got: int, expected: int) -> None:
    if got != expected:
        raise Refused(f'trajectory: expected {expected} values in {field}, got {got}')


def _read_only(values: Sequence[float] | Sequence[Sequence[float]]) -> NDArray[np.float64]:
    result = np.array(values, dtype=np.float64)
    result.flags.writeable = False
    return result
