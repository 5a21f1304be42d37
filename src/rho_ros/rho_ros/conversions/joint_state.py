# SPDX-License-Identifier: Apache-2.0
"""Joint states: names with positions and, if measured, velocities."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import JointState

from rho_core.errors import Refused
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros


@dataclass(frozen=True, slots=True, kw_only=True)
class JointReading:
    """Measured joints at one time, in the order of the message.

    Attributes:
        stamp_ns: time of measurement [ns].
        names: joint names, unique.
        positions: read-only, shape (J,) [rad, m].
        velocities: read-only, shape (J,) [rad/s, m/s], None when not measured.
    """

    stamp_ns: int
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64] | None


class JointPicker:
    """Brings readings into one order of joints. Remembers the permutation of the last names."""

    def __init__(self, joint_names: Sequence[str]) -> None:
        """Fixes the order that comes out."""
        self._wanted = tuple(joint_names)
        self._seen: tuple[str, ...] = ()
        self._indices: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def positions(self, reading: JointReading) -> NDArray[np.float64]:
        """Picks the positions.

        Args:
            reading: joints in any order, more than the wanted ones allowed.

        Returns:
            Positions in the wanted order, shape (J,) [rad, m].

        Raises:
            Refused: a joint is missing.
        """
        return reading.positions[self._order(reading.names)]

    def velocities(self, reading: JointReading) -> NDArray[np.float64] | None:
        """Picks the velocities, None when the reading has none.

        Raises:
            Refused: a joint is missing.
        """
        if reading.velocities is None:
            return None
        return reading.velocities[self._order(reading.names)]

    def _order(self, names: tuple[str, ...]) -> NDArray[np.intp]:
        if names != self._seen:
            missing = [name for name in self._wanted if name not in names]
            if missing:
                raise Refused(
                    f'joint state: expected the joints {", ".join(self._wanted)}; '
                    f'missing: {", ".join(missing)}'
                )
            self._indices = np.array([names.index(name) for name in self._wanted], dtype=np.intp)
            self._seen = names
        return self._indices


def joint_state_to_ros(
    stamp_ns: int,
    names: Sequence[str],
    positions: NDArray[np.float64],
    velocities: NDArray[np.float64] | None = None,
) -> JointState:
    """Makes joints a message.

    Args:
        stamp_ns: time of measurement [ns].
        names: joint names.
        positions: shape (J,) [rad, m].
        velocities: shape (J,) [rad/s, m/s], None when not measured.
    """
    message = JointState()
    message.header.stamp = time_to_ros(stamp_ns)
    message.name = list(names)
    message.position = array('d', np.asarray(positions, dtype=np.float64).tobytes())
    if velocities is not None:
        message.velocity = array('d', np.asarray(velocities, dtype=np.float64).tobytes())
    return message


def joint_state_from_ros(message: JointState) -> JointReading:
    """Reads joints.

    Raises:
        Refused: names are doubled, an array does not match them or a value is not finite.
    """
    names = tuple(message.name)
    if len(set(names)) != len(names):
        raise Refused(f'joint state: expected unique joint names, got {", ".join(names)}')
    positions = _values('position', message.position, len(names))
    velocities = _values('velocity', message.velocity, len(names)) if message.velocity else None
    return JointReading(
        stamp_ns=time_from_ros(message.header.stamp),
        names=names,
        positions=positions,
        velocities=velocities,
    )


def _values(field: str, source: Sequence[float], count: int) -> NDArray[np.float64]:
    values = np.array(source, dtype=np.float64)
    if values.size != count:
        raise Refused(f'joint state: expected {count} values in {field}, got {values.size}')
    if not np.isfinite(values).all():
        raise Refused(f'joint state: expected finite values in {field}, got {values.tolist()}')
    values.flags.writeable = False
    return values
