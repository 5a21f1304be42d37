# SPDX-License-Identifier: Apache-2.0
"""What the watchdog wants to know of serialised messages.

Most of each message is of no interest to it, and making Python objects of everything would cost
it more than all of its decisions.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from geometry_msgs.msg import WrenchStamped
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool
from trajectory_msgs.msg import JointTrajectory

from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.safety.loads import touch_fault
from rho_core.safety.loads import touch_load
from rho_core.safety.loads import wrench_loads
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_settings import StreamSettings
from rho_core.streams.observation import Observation
from rho_core.touch import TactileFlag
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import GeometryState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import TactileFrame
from rho_ros.cdr import CdrReader

Read = Callable[[bytes, int, int], Observation]
"""Takes a message, the ROS time [ns] and the steady time of its reception [ns]."""

MESSAGES: dict[StreamKind, type[Any]] = {
    StreamKind.JOINT_STATES: JointState,
    StreamKind.IMAGE: Image,
    StreamKind.TACTILE: TactileFrame,
    StreamKind.WRENCH: WrenchStamped,
    StreamKind.TRAJECTORY: JointTrajectory,
    StreamKind.CONTROLLER: ArmState,
    StreamKind.GEOMETRY: GeometryState,
    StreamKind.ESTOP: Bool,
}
"""Type of the messages of each kind of stream."""

_UINT8 = struct.Struct('<B')
_UINT64 = struct.Struct('<Q')
_FLOAT32 = struct.Struct('<f')
_UINT64X2 = struct.Struct('<2Q')
_FLOAT32X2 = struct.Struct('<2f')
# The last fields, from cycles to stop_epoch.
_ARM_STATE_END = struct.Struct('<QQffff?7xQ')
_FLOAT64X3 = struct.Struct('<3d')
_SHAPE = struct.Struct('<3H')
# About as many bytes of an image are compared with those of the one before.
_SAMPLES = 8192


def reader(name: str, settings: StreamSettings) -> Read:
    """Return what reads the messages of a stream.

    Args:
        name: name of the stream.
        settings: what of it is looked at.

    Returns:
        A function that raises ValueError for what is no message of that kind.
    """
    kind = settings.kind
    wants_content = settings.freeze is not None
    if kind is StreamKind.TACTILE:
        ignored = TactileFlag(0)
        for flag in settings.ignored_flags:
            ignored |= TactileFlag[flag.upper()]
        return partial(_tactile, name, wants_content, bool(settings.loads), int(ignored))
    if kind is StreamKind.WRENCH:
        wanted = tuple(('force', 'torque').index(load) for load in settings.loads)
        return partial(_wrench, name, wants_content, wanted)
    if not wants_content and kind in (StreamKind.JOINT_STATES, StreamKind.IMAGE):
        return partial(_stamp, name)
    return partial(_READERS[kind], name)


def policy_activity_from_raw(data: bytes) -> PolicyActivity:
    """Read the word of a policy out of a serialised rho_interfaces/PolicyStatus.

    Raises:
        ValueError: it is no such message.
    """
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    for _ in range(3):  # bundle_id, bundle_sha256, instruction
        cdr.skip_string()
    return PolicyActivity(stamp_ns=stamp_ns,
                          is_running=cdr.take(_UINT8, 1)[0] == PolicyStatus.MODE_RUNNING)


def content_hash(values: bytes | memoryview) -> int:
    """Return a hash of what a message carries; of a large one, of bytes all over it.

    Args:
        values: without padding, which is never the same twice.
    """
    if len(values) < 2 * _SAMPLES:
        return hash(values)
    # Neither even nor a multiple of the three colours: it walks through columns and channels.
    stride = len(values) // _SAMPLES // 6 * 6 + 1
    samples = np.frombuffer(values, np.uint8)[:: max(stride, 5)]
    return hash(np.ascontiguousarray(samples).tobytes())


def _stamp(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    return Observation(stream=name, stamp_ns=CdrReader(data).header(), received_ns=received_ns)


def _image(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    cdr.uint32()                    # height
    cdr.uint32()                    # width
    cdr.skip_string()               # encoding
    cdr.take(_UINT8, 1)             # is_bigendian
    cdr.uint32()                    # step
    return Observation(stream=name, stamp_ns=stamp_ns, received_ns=received_ns,
                       content=content_hash(cdr.view()))


def _joint_states(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    cdr.skip_strings()              # name
    return Observation(stream=name, stamp_ns=stamp_ns, received_ns=received_ns,
                       content=content_hash(cdr.array(8)))


def _tactile(
    name: str, wants_content: bool, wants_load: bool, ignored: int,
    data: bytes, now_ns: int, received_ns: int,
) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    cdr.skip_string()
    seq = cdr.take(_UINT64, 8)[0]
    _rows, _cols, channels = cdr.take(_SHAPE, 2)
    values = cdr.array(4)
    flags = cdr.take(_UINT8, 1)[0]
    return Observation(
        stream=name, stamp_ns=stamp_ns, received_ns=received_ns, seq=seq,
        content=hash(values) if wants_content else None,
        value=_touch(values, channels) if wants_load else None,
        fault=touch_fault(flags, ignored),
    )


def _touch(values: bytes, channels: int) -> tuple[float]:
    if not channels or len(values) % (4 * channels):
        return (math.nan,)
    return touch_load(np.frombuffer(values, np.float32), channels)


def _wrench(
    name: str, wants_content: bool, wanted: tuple[int, ...],
    data: bytes, now_ns: int, received_ns: int,
) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    force, torque = cdr.take(_FLOAT64X3, 8), cdr.take(_FLOAT64X3, 8)
    loads = wrench_loads(force, torque)
    return Observation(
        stream=name, stamp_ns=stamp_ns, received_ns=received_ns,
        content=hash((force, torque)) if wants_content else None,
        value=tuple(loads[index] for index in wanted),
    )


def _controller(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    cdr.skip_string()               # arm
    cdr.take(_UINT8, 1)             # mode
    cdr.skip_string()               # reason
    cdr.skip_strings()              # joint_names
    for _ in range(3):              # commanded, measured, error
        cdr.skip_array(8)
    velocity = cdr.array(8)
    cdr.skip_array(8)               # acceleration
    cdr.skip_string()               # source
    cdr.take(_UINT64X2, 8)          # accepted, refused
    cdr.skip_string()               # last_refusal
    cdr.take(_FLOAT32X2, 4)         # command_age_ms, permit_age_ms
    *_others, stop_time_s, is_latched, stop_epoch = cdr.take(_ARM_STATE_END, 8)
    speeds = struct.unpack(f'<{len(velocity) // 8}d', velocity)
    return Observation(
        stream=name, stamp_ns=stamp_ns, received_ns=received_ns,
        value=ControllerStatus(
            is_latched=is_latched,
            stop_epoch=stop_epoch,
            stop_time_s=stop_time_s,
            speed=max(map(abs, speeds), default=0.0),
        ))


def _geometry(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    cdr = CdrReader(data)
    stamp_ns = cdr.header()
    seq = cdr.take(_UINT64, 8)[0]
    arms = cdr.strings()
    scales = cdr.array(4)
    blocked = cdr.array(1)
    speed_scales = struct.unpack(f'<{len(scales) // 4}f', scales)
    detail = ''
    if any(blocked) or any(scale != 1.0 for scale in speed_scales):
        margin_m = cdr.take(_FLOAT32, 4)[0]
        detail = f'{cdr.string()}: margin {1e3 * margin_m:.0f} mm'
    return Observation(
        stream=name, stamp_ns=stamp_ns, received_ns=received_ns, seq=seq,
        value=GeometryStatus(
            arms=arms,
            speed_scales=speed_scales,
            blocked=tuple(map(bool, blocked)),
            detail=detail,
        ))


def _estop(name: str, data: bytes, now_ns: int, received_ns: int) -> Observation:
    is_pressed = CdrReader(data).take(_UINT8, 1)[0] != 0
    return Observation(stream=name, stamp_ns=now_ns, received_ns=received_ns, value=is_pressed)


_READERS: dict[StreamKind, Callable[[str, bytes, int, int], Observation]] = {
    StreamKind.JOINT_STATES: _joint_states,
    StreamKind.IMAGE: _image,
    StreamKind.TRAJECTORY: _stamp,
    StreamKind.CONTROLLER: _controller,
    StreamKind.GEOMETRY: _geometry,
    StreamKind.ESTOP: _estop,
}
