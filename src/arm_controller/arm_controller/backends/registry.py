# SPDX-License-Identifier: Apache-2.0
"""All back ends, by name. A new one gets a line in `BackendOptions` and one in `_MAKERS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import TypeAlias
from typing import get_args

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.forward_position import ForwardPositionBackend
from arm_controller.backends.forward_position import ForwardPositionOptions
from arm_controller.backends.joint_trajectory import JointTrajectoryBackend
from arm_controller.backends.joint_trajectory import JointTrajectoryOptions
from arm_controller.backends.link import ArmLink
from arm_controller.backends.mock import MockBackend
from arm_controller.backends.mock import MockOptions
from arm_controller.backends.protocol import ArmBackend
from arm_controller.backends.trossen import TrossenLink
from arm_controller.backends.trossen import TrossenOptions
from arm_controller.backends.trossen import make_trossen
from arm_controller.backends.universal_robots import UniversalRobotsLink
from arm_controller.backends.universal_robots import UniversalRobotsOptions
from arm_controller.backends.universal_robots import make_universal_robots
from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml

BackendOptions: TypeAlias = (
    ForwardPositionOptions
    | JointTrajectoryOptions
    | MockOptions
    | TrossenOptions
    | UniversalRobotsOptions
)

_MAKERS: dict[type[Any], Callable[[Any, BackendContext], ArmBackend]] = {
    ForwardPositionOptions: ForwardPositionBackend.make,
    JointTrajectoryOptions: JointTrajectoryBackend.make,
    MockOptions: MockBackend.make,
    TrossenOptions: make_trossen,
    UniversalRobotsOptions: make_universal_robots,
}

_LINKS: dict[type[Any], Callable[..., ArmLink]] = {
    TrossenOptions: TrossenLink,
    UniversalRobotsOptions: UniversalRobotsLink,
}

BACKENDS: tuple[str, ...] = tuple(
    options.__dataclass_fields__['kind'].default for options in get_args(BackendOptions))
"""Names of all back ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    backend: BackendOptions


def parse_backend(text: str) -> BackendOptions:
    """Read the choice of a back end.

    Args:
        text: its name, or YAML with its name and options: `{kind: mock, lag_ms: 40.0}`.

    Raises:
        ConfigError: no such back end, or an option that it does not have or allow.
    """
    tree = load_yaml(text)
    return build(_Choice, {'backend': {'kind': tree} if isinstance(tree, str) else tree}).backend


def make_backend(options: BackendOptions, context: BackendContext) -> ArmBackend:
    """Make the chosen back end; it connects when it is started.

    Raises:
        ConfigError: it does not fit the arm.
    """
    return _MAKERS[type(options)](options, context)


def make_link(options: BackendOptions, *, period_s: float) -> ArmLink:
    """Make the link of a back end that runs in a process of its own.

    Raises:
        BackendError: this one does not.
    """
    if type(options) not in _LINKS:
        raise BackendError(f'{options.kind} has no link; those that have: '
                           f'{", ".join(sorted(one.__name__ for one in _LINKS))}')
    return _LINKS[type(options)](options, period_s=period_s)
