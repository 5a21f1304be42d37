# SPDX-License-Identifier: Apache-2.0
"""Joint targets over a short time ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionChunk:
    """Rows of joint positions at equal time steps.

    Attributes:
        stamp_ns: Time of row 0 [ns, ROS time].
        dt_s: Time from row to row [s].
        joint_names: Names of the columns.
        positions: Targets [rad or m], shape (H, J), read-only.
    """

    stamp_ns: int
    dt_s: float
    joint_names: tuple[str, ...]
    positions: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuses shapes that do not match and values that are not finite."""
        positions = np.array(self.positions, dtype=np.float64)
        width = len(self.joint_names)
        if positions.ndim != 2 or positions.shape[1] != width or not len(positions):
            raise Refused(
                f'chunk: expected positions of shape (H, {width}), got {positions.shape}'
            )
        if not self.dt_s > 0:
            raise Refused(f'chunk: expected dt_s > 0, got {self.dt_s}')
        bad = np.argwhere(~np.isfinite(positions))
        if len(bad):
            row, column = bad[0]
            raise Refused(
                f'chunk: {self.joint_names[column]} is {positions[row, column]} in row {row}'
            )
        positions.flags.writeable = False
        object.__setattr__(self, 'positions', positions)

    @property
    def step_ns(self) -> int:
        """Time from row to row [ns]."""
        return round(self.dt_s * 1e9)

    @property
    def end_ns(self) -> int:
        """Time of the last row [ns, ROS time]."""
        return self.stamp_ns + (len(self.positions) - 1) * self.step_ns

    def select(self, names: Sequence[str]) -> ActionChunk:
        """Returns the chunk of some joints, in the order given.

        Raises:
            Refused: If the chunk lacks one of them.
        """
        missing = [name for name in names if name not in self.joint_names]
        if missing:
            raise Refused(
                f'chunk: no joint {", ".join(missing)}; it has {", ".join(self.joint_names)}'
            )
        columns = [self.joint_names.index(name) for name in names]
        return ActionChunk(
            stamp_ns=self.stamp_ns,
            dt_s=self.dt_s,
            joint_names=tuple(names),
            positions=self.positions[:, columns],
        )
