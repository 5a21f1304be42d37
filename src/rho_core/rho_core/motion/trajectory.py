# SPDX-License-Identifier: Apache-2.0
"""A trajectory of one arm: joint positions, and maybe their derivatives, at given times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from rho_core.errors import Refused

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointTrajectory:
    """Positions at increasing times. What it says is well formed, not yet that an arm may do it.

    Attributes:
        start_ns: time of the message, from which `times_s` counts [ns, ROS time].
        times_s: times of the points, strictly increasing, >= 0, shape (N,).
        joint_names: unique names, order of the columns.
        positions: shape (N, J) [rad, m].
        velocities: shape (N, J) [rad/s, m/s], None: left to the receiver.
        accelerations: shape (N, J) [rad/s^2, m/s^2], None: left to the receiver. Only with
            velocities.
    """

    start_ns: int
    times_s: NDArray[np.float64]
    joint_names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64] | None = None
    accelerations: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Copy the arrays and check their form.

        Raises:
            Refused: no points, doubled or no joints, wrong sizes, times that do not increase, a
                value that is not finite, or accelerations without velocities.
        """
        names = tuple(self.joint_names)
        object.__setattr__(self, 'joint_names', names)
        if not names or len(set(names)) != len(names):
            raise Refused(f'joint_names: expected unique names, got {list(names)}')
        times_s = _array('time_from_start', self.times_s)
        if times_s.ndim != 1 or times_s.size == 0:
            raise Refused(f'points: expected at least one, got times of shape {times_s.shape}')
        if times_s[0] < 0.0 or (times_s.size > 1 and not (times_s[1:] > times_s[:-1]).all()):
            raise Refused('time_from_start: expected >= 0 and strictly increasing, got '
                          f'{times_s.tolist()}')
        object.__setattr__(self, 'times_s', times_s)
        shape = (times_s.size, len(names))
        object.__setattr__(self, 'positions', _table('positions', self.positions, shape, names))
        if self.velocities is None and self.accelerations is not None:
            raise Refused('accelerations: expected velocities too, got none')
        for field in ('velocities', 'accelerations'):
            if getattr(self, field) is not None:
                object.__setattr__(
                    self, field, _table(field, getattr(self, field), shape, names))

    @property
    def end_ns(self) -> int:
        """Time of the last point [ns, ROS time]."""
        return self.start_ns + round(float(self.times_s[-1]) * _NS_PER_S)

    def reordered(self, joint_names: Sequence[str]) -> JointTrajectory:
        """Return the same trajectory with its columns in another order of the same joints.

        Raises:
            Refused: the sets of joints differ.
        """
        wanted = tuple(joint_names)
        if wanted == self.joint_names:
            return self
        missing = [name for name in wanted if name not in self.joint_names]
        extra = [name for name in self.joint_names if name not in wanted]
        if missing or extra:
            raise Refused(
                f'joint_names: expected exactly {", ".join(wanted)}'
                + (f'; missing {", ".join(missing)}' if missing else '')
                + (f'; not of this arm {", ".join(extra)}' if extra else '')
            )
        order = [self.joint_names.index(name) for name in wanted]
        return JointTrajectory(
            start_ns=self.start_ns,
            times_s=self.times_s,
            joint_names=wanted,
            positions=self.positions[:, order],
            velocities=None if self.velocities is None else self.velocities[:, order],
            accelerations=(
                None if self.accelerations is None else self.accelerations[:, order]),
        )


def _array(field: str, source: ArrayLike) -> NDArray[np.float64]:
    try:
        values = np.array(source, dtype=np.float64)
    except ValueError as error:
        raise Refused(f'{field}: expected numbers, the same count in each point') from error
    if not np.isfinite(values).all():
        raise Refused(f'{field}: expected finite numbers, got {values.tolist()}')
    values.flags.writeable = False
    return values


def _table(
    field: str, source: ArrayLike, shape: tuple[int, int], names: tuple[str, ...]
) -> NDArray[np.float64]:
    try:
        values = np.array(source, dtype=np.float64)
    except ValueError as error:
        raise Refused(f'{field}: expected {shape[1]} numbers in each point') from error
    if values.shape != shape:
        raise Refused(f'{field}: expected {shape[0]} points of {shape[1]} joints, got shape '
                      f'{values.shape}')
    finite = np.isfinite(values)
    if not finite.all():
        point, joint = (int(index[0]) for index in np.nonzero(~finite))
        raise Refused(f'{field}: expected finite numbers, got {values[point, joint]} in '
                      f'{names[joint]} at point {point}')
    values.flags.writeable = False
    return values
