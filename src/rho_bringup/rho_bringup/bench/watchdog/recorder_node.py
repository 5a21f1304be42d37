# SPDX-License-Identifier: Apache-2.0
"""Records what passes over the topics of a cell, with the times at which it was sent.

The middleware stamps each message when it is written, so the recorder may poll slowly and still
know within microseconds when a command left its controller.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections import deque
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from rho_bringup.bench.watchdog.motion_series import MotionSeries
from rho_bringup.bench.watchdog.recording import ArmNote
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.recording import SafetyNote
from rho_bringup.bench.watchdog.recording import Sample
from rho_bringup.cell import Cell
from rho_bringup.cell_topics import arm_state_topic
from rho_bringup.cell_topics import command_topic
from rho_bringup.cell_topics import image_topic
from rho_bringup.cell_topics import trajectory_topic
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_ros.polling import stamp_ns_from_raw
from rho_ros.realtime import become_real_time

_POLL_S = 0.02
_PRIORITY = 20
_KEPT = 20_000
_DEPTH = 2000
_IMAGES = 50
_SILENT_NS = 250_000_000
_NS_PER_S = 1_000_000_000
_VALUES_AT = 20
_BODY_AT = 12


class Heard(NamedTuple):
    """One message: its bytes, when it was sent [ns], its number."""

    data: bytes
    sent_ns: int
    number: int


class Recorder:
    """Keeps the last half minute of all topics that a trial may need."""

    def __init__(self, cell: Cell, context: Context) -> None:
        """Subscribe and start to record."""
        self._cell = cell
        # Never spun: its subscriptions are polled.
        self._node = Node('bench_recorder', namespace=cell.namespace, context=context)
        self._lock = threading.Lock()
        self._heard: dict[str, deque[Heard]] = {}
        self._subscriptions: list[tuple[Any, deque[Heard]]] = []
        self._newest: dict[str, tuple[bytes, Any]] = {}
        for arm in cell.arms:
            self._listen(f'commands.{arm}', Float64MultiArray, command_topic(arm))
            self._listen(f'arm.{arm}', ArmState, arm_state_topic(arm))
            self._listen(f'command.{arm}', JointTrajectory, trajectory_topic(arm))
        for name in cell.cameras:
            self._listen(f'camera.{name}', Image, image_topic(name))
        for name in cell.tactile:
            self._listen(f'tactile.{name}', TactileFrame, f'tactile/{name}/frame')
        self._listen('joint_states', JointState, 'joint_states')
        self._listen('safety', SafetyState, 'safety/state')
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name='recorder', daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End recording."""
        self._ended.set()
        self._thread.join(2.0)
        self._node.destroy_node()

    def safety(self) -> SafetyState | None:
        """Return the newest state of the watchdog."""
        state: SafetyState | None = self._newest_of('safety', SafetyState)
        return state

    def arm(self, name: str) -> ArmState | None:
        """Return the newest state of an arm."""
        state: ArmState | None = self._newest_of(f'arm.{name}', ArmState)
        return state

    def is_silent(self, name: str) -> bool:
        """Whether nothing was sent on a topic for a while, e.g. `safety` or `arm.left`."""
        return time.time_ns() - self.last_sent_ns(name) > _SILENT_NS

    def last_sent_ns(self, name: str) -> int:
        """Return when the newest message was sent on a topic, 0 before the first one."""
        with self._lock:
            heard = self._heard[name]
            return heard[-1].sent_ns if heard else 0

    def last_trajectory(self, arm: str) -> JointTrajectory | None:
        """Return the newest trajectory sent to an arm."""
        message: JointTrajectory | None = self._newest_of(f'command.{arm}', JointTrajectory)
        return message

    def cut(self, *, injected_ns: int, begin_ns: int, end_ns: int) -> Recording:
        """Return what was sent in a span of time."""
        with self._lock:
            taken = {name: [one for one in heard if begin_ns <= one.sent_ns <= end_ns]
                     for name, heard in self._heard.items()}
        arms = self._cell.arms
        others = [name for name in taken if not name.startswith(('commands.', 'arm.'))]
        return Recording(
            injected_ns=injected_ns,
            commands={arm: self._series(taken[f'commands.{arm}']) for arm in arms},
            arms={arm: tuple(map(_arm_note, taken[f'arm.{arm}'])) for arm in arms},
            safety=tuple(map(_safety_note, taken['safety'])),
            streams={
                **{name: tuple(map(_sample, taken[name])) for name in others},
                **{f'controller.{arm}': tuple(map(_sample, taken[f'arm.{arm}'])) for arm in arms},
            },
        )

    def _listen(self, name: str, message_type: type[Any], topic: str) -> None:
        # Reliable: a sample that only the recorder misses would move the deadline of its stream.
        profile = QoSProfile(depth=_DEPTH if message_type is not Image else _IMAGES)
        subscription = self._node.create_subscription(
            message_type, topic, lambda _message: None, profile, raw=True)
        heard: deque[Heard] = deque(maxlen=_KEPT if message_type is not Image else 10 * _IMAGES)
        self._heard[name] = heard
        self._subscriptions.append((subscription, heard))

    def _run(self) -> None:
        # On a busy machine messages would pile up unseen, in the middleware's threads too.
        become_real_time(_PRIORITY, 'recorder', self._node.get_logger().warning)
        while not self._ended.wait(_POLL_S):
            for subscription, heard in self._subscriptions:
                handle = subscription.handle
                with handle, self._lock:
                    while (taken := handle.take_message(subscription.msg_type, True)) is not None:
                        data, info = taken
                        sent_ns = sent_on_this_clock(info['source_timestamp'],
                                                     info['received_timestamp'])
                        heard.append(Heard(data, sent_ns, info['publication_sequence_number']))

    def _newest_of(self, name: str, message_type: type[Any]) -> Any:
        with self._lock:
            heard = self._heard[name]
            data = heard[-1].data if heard else None
        if data is None:
            return None
        known = self._newest.get(name)
        if known is None or known[0] is not data:
            known = (data, deserialize_message(data, message_type))
            self._newest[name] = known
        return known[1]

    def _series(self, heard: Sequence[Heard]) -> MotionSeries:
        rows = [array_of(one.data) for one in heard]
        joints = len(rows[0]) if rows else 0
        return MotionSeries(
            times_ns=np.array([one.sent_ns for one in heard], dtype=np.int64),
            numbers=np.array([one.number for one in heard], dtype=np.int64),
            positions=np.array(rows, dtype=np.float64).reshape(len(rows), joints),
            period_s=1.0 / self._cell.controllers.rate_hz,
        )


def array_of(data: bytes) -> np.ndarray:
    """Return the numbers of a serialised Float64MultiArray with an empty layout.

    Its CDR: encapsulation (4 bytes), number of dimensions, data offset and number of values
    (uint32 each), 4 bytes of padding, then the values as float64.
    """
    order = '<' if data[1] & 1 else '>'
    count = int(np.frombuffer(data, dtype=f'{order}u4', count=1, offset=_BODY_AT)[0])
    return np.frombuffer(data, dtype=f'{order}f8', count=count, offset=_VALUES_AT)


def sent_on_this_clock(sent_ns: int, received_ns: int) -> int:
    """Return when a message was sent by this process's clock [ns].

    The writer's clock may be ahead or behind by whole seconds, as after a step: no message is
    under way for half a second.
    """
    return sent_ns - round((sent_ns - received_ns) / _NS_PER_S) * _NS_PER_S


def _sample(heard: Heard) -> Sample:
    # A float64 array or anything else with a header starts with its stamp.
    return Sample(sent_ns=heard.sent_ns, stamp_ns=stamp_ns_from_raw(heard.data),
                  content=zlib.crc32(memoryview(heard.data)[_BODY_AT:]))


def _arm_note(heard: Heard) -> ArmNote:
    state = deserialize_message(heard.data, ArmState)
    return ArmNote(
        sent_ns=heard.sent_ns,
        is_stopping=state.mode in (ArmState.MODE_STOPPING, ArmState.MODE_STOPPED),
        is_latched=state.latched,
        refused=state.refused,
        reason=state.reason,
        last_refusal=state.last_refusal,
    )


def _safety_note(heard: Heard) -> SafetyNote:
    state = deserialize_message(heard.data, SafetyState)
    ordered = sorted(state.causes, key=lambda one: (one.since.sec, one.since.nanosec))
    return SafetyNote(sent_ns=heard.sent_ns, is_latched=state.latched,
                      causes=tuple(cause.id for cause in ordered))
