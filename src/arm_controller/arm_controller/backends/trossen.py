# SPDX-License-Identifier: Apache-2.0
"""Trossen WidowX AI, through the vendor's library `trossen-arm`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Literal

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.link import LinkSample
from arm_controller.backends.link_process import LinkProcess
from arm_controller.backends.remote import RemoteBackend
from arm_controller.backends.vendor import vendor_module
from rho_core.errors import ConfigError

# Six joints and the gripper's carriage.
_JOINTS = 7
# What connecting takes on top of the time allowed for the connection itself.
_SETUP_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrossenOptions:
    """Which arm, and how it is treated.

    Attributes:
        host: address of its controller.
        end_effector: what is mounted, a name of the library's `StandardEndEffector`.
        clear_error: whether to clear an error that the arm reports at the start.
        connect_timeout_s: time that its controller gets to answer.
        answer_timeout_ms: time without news after which the arm is lost.
    """

    host: str
    kind: Literal['trossen'] = 'trossen'
    end_effector: Literal['wxai_v0_base', 'wxai_v0_follower', 'wxai_v0_leader'] = (
        'wxai_v0_follower')
    clear_error: bool = False
    connect_timeout_s: float = 5.0
    answer_timeout_ms: float = 50.0

    def __post_init__(self) -> None:
        """Check address and times."""
        if not self.host:
            raise ConfigError("expected the controller's address, got an empty one", 'host')
        for name, highest in (('connect_timeout_s', 60.0), ('answer_timeout_ms', 500.0)):
            if not 1.0 <= getattr(self, name) <= highest:
                raise ConfigError(f'expected 1 to {highest:g}, got {getattr(self, name)}', name)


class TrossenLink:
    """One WidowX AI: six joints [rad] and its gripper [m], in the vendor's order.

    The library keeps a UDP cycle with the arm in a thread of its own. While that gets no answer,
    it goes on to return the last values without an error; the arm's clock in them tells.
    """

    def __init__(self, options: TrossenOptions, *, period_s: float) -> None:
        """Prepare; `open` connects. The period does not matter to this arm."""
        del period_s
        self._options = options
        self._library: Any = None
        self._driver: Any = None

    def open(self) -> None:
        """Connect, switch all joints to position mode and let them hold where they are.

        Raises:
            BackendError: no library, no answer, or the arm reports an error.
        """
        options = self._options
        self._library = vendor_module('trossen_arm', 'trossen-arm')
        self._driver = self._library.TrossenArmDriver()
        try:
            self._driver.configure(
                self._library.Model.wxai_v0,
                getattr(self._library.StandardEndEffector, options.end_effector),
                options.host,
                options.clear_error,
                options.connect_timeout_s,
            )
            held = list(self._driver.get_all_positions())
            self._driver.set_all_modes(self._library.Mode.position)
            self._send(held)
        except RuntimeError as error:
            raise BackendError(
                f'cannot be used at {options.host}: {_first_line(error)}; check power, cable and '
                'address, and whether another program holds the arm') from error

    def exchange(self, command: tuple[float, ...] | None) -> LinkSample:
        """Set the goal, and read the joints of the newest cycle.

        Raises:
            BackendError: the library reports that the connection or the arm failed.
        """
        try:
            if command is not None:
                self._send(command)
            output = self._driver.get_robot_output()
        except RuntimeError as error:
            raise BackendError(_first_line(error)) from error
        return LinkSample(
            device_s=output.header.timestamp * 1e-6,
            positions=tuple(output.joint.all.positions),
        )

    def close(self) -> None:
        """Disconnect; the library brakes the joints before."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.cleanup()

    def _send(self, positions: Any) -> None:
        # A goal time of 0: no interpolation, the controller's loop has done that.
        self._driver.set_all_positions(self._library.VectorDouble(positions), 0.0, False)


def make_trossen(options: TrossenOptions, context: BackendContext) -> RemoteBackend:
    """Make the back end of a WidowX AI.

    Raises:
        ConfigError: the controller has another number of joints.
    """
    if len(context.joint_names) != _JOINTS:
        raise ConfigError(f'expected the {_JOINTS} joints of a WidowX AI, the gripper last, got '
                          f'{len(context.joint_names)}: {", ".join(context.joint_names)}',
                          'joint_names')
    return RemoteBackend(
        lambda connection: LinkProcess.start(
            options, connection, period_s=context.period_s, priority=context.realtime_priority),
        context,
        name=f'trossen {options.host}',
        joints=_JOINTS,
        open_s=options.connect_timeout_s + _SETUP_S,
        answer_s=options.answer_timeout_ms / 1e3,
    )


def _first_line(error: BaseException) -> str:
    return str(error).partition('\n')[0]
