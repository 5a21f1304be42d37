# SPDX-License-Identifier: Apache-2.0
"""Universal Robots, through the library `ur-rtde`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Literal

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.forward_position import ForwardPositionBackend
from arm_controller.backends.joint_state_reader import JointStateReader
from arm_controller.backends.link import LinkSample
from arm_controller.backends.link_process import LinkProcess
from arm_controller.backends.protocol import ArmBackend
from arm_controller.backends.remote import RemoteBackend
from arm_controller.backends.split import SplitBackend
from arm_controller.backends.vendor import vendor_module
from rho_core.errors import ConfigError

_JOINTS = 6
# Connecting uploads a script and waits until the robot runs it.
_OPEN_S = 20.0
_ROBOT_RUNNING = 7
_ROBOT_MODES = {
    -1: 'has no controller', 0: 'is disconnected', 1: 'asks for a safety confirmation',
    2: 'is booting', 3: 'is powered off', 4: 'is powered on but its brakes are not released',
    5: 'is idle, its brakes are not released', 6: 'is in backdrive mode',
    8: 'is updating its firmware',
}
# Bits of safety_status_bits, in the words of the RTDE guide. 0 and 1: normal and reduced mode.
_SAFETY_BITS = {
    2: 'protective stop', 3: 'recovery mode', 4: 'safeguard stop', 5: 'system emergency stop',
    6: 'robot emergency stop', 7: 'emergency stop', 8: 'safety violation', 9: 'safety fault',
    10: 'stopped due to safety',
}
_VARIABLES = ['timestamp', 'actual_q', 'robot_mode', 'robot_status_bits', 'safety_status_bits',
              'runtime_state']


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversalRobotsOptions:
    """Which robot, and how it follows.

    Attributes:
        host: address of the robot.
        lookahead_s: smoothing time of its servoj command.
        gain: gain of its servoj command.
        watchdog_hz: the robot stops by itself when it gets fewer commands than this.
        answer_timeout_ms: time without news after which the robot is lost.
        gripper_controller: ros2_control forward controller of the joints beyond the sixth, empty:
            `<arm>_gripper_controller`. Unused with six joints.
    """

    host: str
    kind: Literal['ur_rtde'] = 'ur_rtde'
    lookahead_s: float = 0.03
    gain: float = 500.0
    watchdog_hz: float = 10.0
    answer_timeout_ms: float = 50.0
    gripper_controller: str = ''

    def __post_init__(self) -> None:
        """Check address and ranges."""
        if not self.host:
            raise ConfigError("expected the robot's address, got an empty one", 'host')
        for name, lowest, highest in (
            ('lookahead_s', 0.03, 0.2), ('gain', 100.0, 2000.0), ('watchdog_hz', 1.0, 100.0),
            ('answer_timeout_ms', 5.0, 500.0),
        ):
            if not lowest <= getattr(self, name) <= highest:
                raise ConfigError(
                    f'expected {lowest:g} to {highest:g}, got {getattr(self, name)}', name)


class UniversalRobotsLink:
    """One robot: six joints [rad], commanded by servoj.

    The robot's own watchdog is on: it ends the servo motion when commands cease, whoever of
    controller, this process and network is at fault.
    """

    def __init__(self, options: UniversalRobotsOptions, *, period_s: float) -> None:
        """Prepare; `open` connects."""
        self._options = options
        self._period_s = period_s
        self._receive: Any = None
        self._control: Any = None
        self._is_commanded = False

    def open(self) -> None:
        """Connect, upload the control script and switch the robot's watchdog on.

        Raises:
            BackendError: no library, no answer, or the robot is not ready to move.
        """
        options = self._options
        receive = vendor_module('rtde_receive', 'ur-rtde')
        control = vendor_module('rtde_control', 'ur-rtde')
        self._is_commanded = False
        try:
            self._receive = receive.RTDEReceiveInterface(options.host, -1.0, _VARIABLES)
            self._check_robot()
            self._control = control.RTDEControlInterface(options.host)
            is_watched = self._control.setWatchdog(options.watchdog_hz)
        except RuntimeError as error:
            raise BackendError(
                f'cannot be used at {options.host}: {error}; check address, remote control mode '
                'and whether another program controls the robot') from error
        if not is_watched:
            raise BackendError("the robot's watchdog could not be switched on")

    def exchange(self, command: tuple[float, ...] | None) -> LinkSample:
        """Send a servoj command, and read the newest joint positions.

        Raises:
            BackendError: the connection is lost, or the robot has stopped.
        """
        receive, control = self._receive, self._control
        if not receive.isConnected() or not control.isConnected():
            raise BackendError('connection lost')
        self._check_robot()
        if not control.isProgramRunning():
            raise BackendError('the control script does not run any more')
        try:
            self._command(control, command)
        except RuntimeError as error:
            # The library tries to connect again while it sends.
            raise BackendError(f'connection lost: {error}') from error
        return LinkSample(
            device_s=receive.getTimestamp(), positions=tuple(receive.getActualQ()))

    def close(self) -> None:
        """End the servo motion and the script, and disconnect."""
        control, self._control = self._control, None
        receive, self._receive = self._receive, None
        if control is not None:
            if control.isConnected() and control.isProgramRunning():
                control.servoStop()
                control.stopScript()
            control.disconnect()
        if receive is not None:
            receive.disconnect()

    def _command(self, control: Any, command: tuple[float, ...] | None) -> None:
        if command is not None:
            self._is_commanded = True
            # Speed and acceleration are arguments that servoj has and does not use.
            if not control.servoJ(list(command), 0.0, 0.0, self._period_s,
                                  self._options.lookahead_s, self._options.gain):
                raise BackendError('the robot did not take a command')
        elif not self._is_commanded:
            # From the first command on, the commands alone keep the robot's watchdog quiet.
            control.kickWatchdog()

    def _check_robot(self) -> None:
        """Raise unless the robot is powered, its brakes released and nothing has stopped it."""
        bits = self._receive.getSafetyStatusBits()
        causes = [text for bit, text in _SAFETY_BITS.items() if bits >> bit & 1]
        if causes:
            raise BackendError(f'{", ".join(causes)}: clear it at the teach pendant')
        mode = self._receive.getRobotMode()
        if mode != _ROBOT_RUNNING:
            raise BackendError(f'the robot {_ROBOT_MODES.get(mode, f"is in mode {mode}")}')


def make_universal_robots(options: UniversalRobotsOptions, context: BackendContext) -> ArmBackend:
    """Make the back end of a robot; joints beyond the sixth go to a gripper's controller.

    Raises:
        ConfigError: the controller has fewer than six joints.
    """
    if len(context.joint_names) < _JOINTS:
        raise ConfigError(f"expected the robot's {_JOINTS} joints, got "
                          f'{", ".join(context.joint_names) or "none"}', 'joint_names')
    robot = RemoteBackend(
        lambda connection: LinkProcess.start(
            options, connection, period_s=context.period_s, priority=context.realtime_priority),
        context,
        name=f'ur_rtde {options.host}',
        joints=_JOINTS,
        open_s=_OPEN_S,
        answer_s=options.answer_timeout_ms / 1e3,
    )
    others = context.joint_names[_JOINTS:]
    if not others:
        return robot
    controller = options.gripper_controller or f'{context.arm}_gripper_controller'
    gripper = ForwardPositionBackend(
        context.topics.positions(f'{controller}/commands'),
        JointStateReader(others, context.topics.joint_states()),
    )
    return SplitBackend(robot, gripper, joints_of_first=_JOINTS)
