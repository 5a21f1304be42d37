# SPDX-License-Identifier: Apache-2.0
"""What can be watched, and what of it."""

from __future__ import annotations

from enum import Enum

from rho_core.safety.stream_rule import StreamRole


class StreamKind(Enum):
    """What a watched topic carries; the values are those of a cell file."""

    JOINT_STATES = 'joint_states'
    """sensor_msgs/JointState."""
    IMAGE = 'image'
    """sensor_msgs/Image."""
    TACTILE = 'tactile'
    """rho_interfaces/TactileFrame; load `touch`: largest length of a taxel's vector."""
    WRENCH = 'wrench'
    """geometry_msgs/WrenchStamped; loads `force` [N] and `torque` [Nm]."""
    TRAJECTORY = 'trajectory'
    """trajectory_msgs/JointTrajectory of one arm, demanded while the policy runs."""
    CONTROLLER = 'controller'
    """rho_interfaces/ArmState of one arm."""
    GEOMETRY = 'geometry'
    """rho_interfaces/GeometryState."""
    ESTOP = 'estop'
    """std_msgs/Bool, true is pressed; it is repeated all the time."""

    @property
    def role(self) -> StreamRole:
        """What it is to the watchdog."""
        return _ROLES.get(self, StreamRole.SENSOR)

    @property
    def loads(self) -> tuple[str, ...]:
        """Names of the loads that it tells of."""
        return _LOADS.get(self, ())

    @property
    def has_number(self) -> bool:
        """Whether its messages are numbered, as a limit of gaps needs it."""
        return self in (StreamKind.TACTILE, StreamKind.GEOMETRY)

    @property
    def has_content(self) -> bool:
        """Whether it is something that can freeze."""
        return self in (StreamKind.JOINT_STATES, StreamKind.IMAGE, StreamKind.TACTILE,
                        StreamKind.WRENCH)


_ROLES = {
    StreamKind.TRAJECTORY: StreamRole.COMMAND,
    StreamKind.CONTROLLER: StreamRole.CONTROLLER,
    StreamKind.GEOMETRY: StreamRole.GEOMETRY,
    StreamKind.ESTOP: StreamRole.ESTOP,
}
_LOADS = {StreamKind.TACTILE: ('touch',), StreamKind.WRENCH: ('force', 'torque')}
