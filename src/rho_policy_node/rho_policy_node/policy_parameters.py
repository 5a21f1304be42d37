# SPDX-License-Identifier: Apache-2.0
"""Parameters of the policy node."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from rho_ros.parameters import param


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyParameters:
    """Parameters of the policy node."""

    bundle: str = field(metadata=param('folder of the policy bundle'))
    embodiment: str = field(
        default='dual_ur5e', metadata=param('what the bundle must have been made for')
    )
    arms: tuple[str, ...] = field(default=('left', 'right'), metadata=param('names of the arms'))
    joints: tuple[str, ...] = field(metadata=param('joints of all arms, arm by arm'))
    joints_per_arm: tuple[int, ...] = field(
        default=(7, 7), metadata=param('number of joints of each arm', minimum=1)
    )
    joint_lower: tuple[float, ...] = field(
        metadata=param('smallest positions, in the order of joints [rad or m]')
    )
    joint_upper: tuple[float, ...] = field(
        metadata=param('largest positions, in the order of joints [rad or m]')
    )
    joint_velocity: tuple[float, ...] = field(
        metadata=param('largest speeds, in the order of joints [rad/s or m/s]')
    )
    action_rate_hz: float = field(
        default=50.0, metadata=param('action ticks [Hz]', minimum=1.0, maximum=500.0)
    )
    context_rate_hz: float = field(
        default=10.0, metadata=param('context ticks [Hz]', minimum=0.5, maximum=100.0)
    )
    status_rate_hz: float = field(
        default=10.0, metadata=param('status without a change of mode [Hz]', minimum=1.0)
    )
    safety_timeout_ms: float = field(
        default=200.0,
        metadata=param('age from which a state of the watchdog means stop [ms]', minimum=10.0),
    )
    max_swap_seam: float = field(
        default=1.0,
        metadata=param('largest jump when a bundle is replaced in motion [speed limit * dt]',
                       minimum=0.0, maximum=100.0),
    )
    swap_timeout_s: float = field(
        default=5.0,
        metadata=param('time that a new bundle gets to take over in motion [s]', minimum=0.1,
                       maximum=60.0),
    )
    realtime_priority: int = field(
        default=0,
        metadata=param('SCHED_FIFO priority of the action tick, 0: none', minimum=0, maximum=98),
    )
    compressed_cameras: tuple[str, ...] = field(
        default=(), metadata=param('cameras whose image_raw/compressed is taken')
    )
    providers: tuple[str, ...] = field(
        default=('CPUExecutionProvider',),
        metadata=param('onnxruntime execution providers that must be active, best first'),
    )
    threads: int = field(
        default=1, metadata=param('threads of one inference', minimum=1, maximum=64)
    )
