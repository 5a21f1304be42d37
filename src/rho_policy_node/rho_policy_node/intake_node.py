# SPDX-License-Identifier: Apache-2.0
"""The policy node's ears: polls the topics of a bundle's streams and turns messages into samples.

Not a node of its own: the ROS side of the policy node's inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from geometry_msgs.msg import WrenchStamped
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState

from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import JointStream
from rho_core.contract.streams import SampledStream
from rho_core.contract.streams import TactileStream
from rho_core.contract.streams import WrenchStream
from rho_core.errors import RhoError
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_core.touch import TactileFlag
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_policy_node.runtime.sources import sources_of
from rho_ros import qos
from rho_ros.conversions.compressed_image import compressed_image_from_ros
from rho_ros.conversions.image import image_from_ros
from rho_ros.conversions.joint_state import joint_state_from_ros
from rho_ros.conversions.tactile import tactile_from_ros
from rho_ros.conversions.tactile import tactile_info_from_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.node import RhoNode
from rho_ros.polling import PolledSubscription
from rho_ros.polling import stamp_ns_from_raw

Push = Callable[[str, Sample[Any]], None]

_CAMERA_DEPTH = 2  # images of one moment come one after the other
_FASTEST_HZ = 500.0  # of joint states and touch
_MOST = 1024  # messages in one poll

_UNUSABLE = {
    TactileFlag.STALE: 'the sensor repeats itself',
    TactileFlag.UNCALIBRATED: 'no baseline has been taken, zero it',
}


class JointIntake:
    """Joint states, decoded when used."""

    def __init__(self, node: RhoNode, sources: list[str], depth: int) -> None:
        """Subscribe to joint_states for all sources that are joint streams."""
        self._sources = sources
        self._subscription = node.create_polled(
            JointState, 'joint_states', _profile(depth), raw=True
        )
        self.subscriptions = (self._subscription,)

    def poll(self, push: Push, steady_ns: int) -> None:
        """Hands over what has arrived."""
        for data in self._subscription.take_all(_MOST):
            sample = Sample(stamp_ns=stamp_ns_from_raw(data), received_ns=steady_ns, value=data)
            for source in self._sources:
                push(source, sample)


class TouchIntake:
    """Frames of one fingertip sensor; none counts before its unit is known."""

    def __init__(
        self, node: RhoNode, stream: TactileStream, sensor: str, source: str, depth: int
    ) -> None:
        """Subscribe to the frames and the description of a sensor."""
        self._stream = stream
        self._source = source
        self._info_fault = 'the sensor has not described itself yet'
        self._infos: PolledSubscription[Any] = node.create_polled(
            TactileInfo, f'tactile/{sensor}/info', qos.latched()
        )
        self._frames: PolledSubscription[Any] = node.create_polled(
            TactileFrame, f'tactile/{sensor}/frame', _profile(depth)
        )
        self.subscriptions = (self._infos, self._frames)

    def poll(self, push: Push, steady_ns: int) -> None:
        """Hands over what has arrived."""
        info = self._infos.take_newest()
        if info is not None:
            self._info_fault = self._judge_info(info)
        for message in self._frames.take_all(_MOST):
            push(self._source, self._sample(message, steady_ns))

    def _sample(self, message: TactileFrame, steady_ns: int) -> Sample[Any]:
        value, fault = None, self._info_fault
        try:
            reading = tactile_from_ros(message)
            value = reading.values.reshape(-1, reading.values.shape[2])
            flaws = [text for flag, text in _UNUSABLE.items() if flag in reading.flags]
            fault = fault or ', '.join(flaws)
        except RhoError as error:
            fault = str(error)
        return Sample(
            stamp_ns=time_from_ros(message.header.stamp),
            received_ns=steady_ns,
            value=value,
            seq=message.seq,
            fault=fault,
        )

    def _judge_info(self, message: TactileInfo) -> str:
        try:
            sensor = tactile_info_from_ros(message)
        except RhoError as error:
            return str(error)
        units = set(sensor.channel_units)
        if units != {self._stream.unit}:
            return f'expected unit {self._stream.unit}, the sensor has {", ".join(sorted(units))}'
        return ''


class WrenchIntake:
    """Forces and torques at one wrist."""

    def __init__(self, node: RhoNode, stream: WrenchStream, depth: int) -> None:
        """Subscribe to the sensor."""
        self._name = stream.name
        self._subscription: PolledSubscription[Any] = node.create_polled(
            WrenchStamped, f'wrench/{stream.source}', _profile(depth)
        )
        self.subscriptions = (self._subscription,)

    def poll(self, push: Push, steady_ns: int) -> None:
        """Hands over what has arrived."""
        for message in self._subscription.take_all(_MOST):
            force, torque = message.wrench.force, message.wrench.torque
            value = np.array([force.x, force.y, force.z, torque.x, torque.y, torque.z])
            stamp_ns = time_from_ros(message.header.stamp)
            push(self._name, Sample(stamp_ns=stamp_ns, received_ns=steady_ns, value=value))


class CameraIntake:
    """Images of one camera, the last two: cameras that expose together arrive one by one."""

    def __init__(self, node: RhoNode, stream: ImageStream, *, compressed: bool) -> None:
        """Subscribe to the camera."""
        self._source = stream.name
        topic = f'camera/{stream.camera}/image_raw'
        profile = _profile(_CAMERA_DEPTH)
        self._subscription: PolledSubscription[Any] = (
            node.create_polled(CompressedImage, f'{topic}/compressed', profile)
            if compressed else node.create_polled(Image, topic, profile)
        )
        self.subscriptions = (self._subscription,)

    def poll(self, push: Push, steady_ns: int) -> None:
        """Hands over what has arrived, not decoded."""
        for message in self._subscription.take_all():
            stamp_ns = time_from_ros(message.header.stamp)
            push(self._source, Sample(stamp_ns=stamp_ns, received_ns=steady_ns, value=message))


class Intake:
    """All inputs of one graph. Each graph has its own, so that its thread waits for no other."""

    def __init__(
        self,
        node: RhoNode,
        streams: Sequence[SampledStream],
        *,
        history_s: float = 0.0,
        compressed: Collection[str] = (),
    ) -> None:
        """Subscribe to what a graph reads.

        Args:
            node: The policy node.
            streams: Streams of the graph.
            history_s: Readings wanted from one poll to the next, 0: the newest only [s].
            compressed: Cameras whose compressed images are taken instead of the raw ones.
        """
        depth = max(1, round(history_s * _FASTEST_HZ))
        self._parts: list[JointIntake | TouchIntake | CameraIntake | WrenchIntake] = []
        joints = [one.name for one in streams if isinstance(one, JointStream)]
        if joints:
            self._parts.append(JointIntake(node, joints, depth))
        for stream in streams:
            if isinstance(stream, ImageStream):
                self._parts.append(
                    CameraIntake(node, stream, compressed=stream.camera in compressed))
            elif isinstance(stream, WrenchStream):
                self._parts.append(WrenchIntake(node, stream, depth))
            elif isinstance(stream, TactileStream):
                self._parts += [
                    TouchIntake(node, stream, sensor, source, depth)
                    for sensor, source in zip(stream.sensors, sources_of(stream), strict=True)
                ]

    def poll(self, push: Push, steady_ns: int) -> None:
        """Hands over what has arrived."""
        for part in self._parts:
            part.poll(push, steady_ns)

    def destroy(self) -> None:
        """Ends all subscriptions; nothing can be polled afterwards."""
        for part in self._parts:
            for subscription in part.subscriptions:
                subscription.destroy()


def decode(frame: AlignedFrame) -> AlignedFrame:
    """Decodes the images and joint states of a frame that is used.

    Raises:
        Refused: If one cannot be what it claims to be.
    """
    samples = {
        name: replace(sample, value=_decoded(sample.value))
        for name, sample in frame.samples.items()
    }
    history = {
        name: tuple(replace(sample, value=_decoded(sample.value)) for sample in past)
        for name, past in frame.history.items()
    }
    return replace(frame, samples=samples, history=history)


def _decoded(value: object) -> object:
    if isinstance(value, Image):
        return image_from_ros(value)
    if isinstance(value, CompressedImage):
        return compressed_image_from_ros(value)
    if isinstance(value, bytes):
        return joint_state_from_ros(deserialize_message(value, JointState))
    return value


def _profile(depth: int) -> QoSProfile:
    profile = qos.sensor_subscription()
    profile.depth = depth
    return profile
