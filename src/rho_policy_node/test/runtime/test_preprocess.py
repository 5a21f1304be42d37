# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rho_core.contract.normalisation import MinMax
from rho_core.contract.normalisation import ZScore
from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import JointStream
from rho_core.contract.streams import TactileStream
from rho_core.contract.streams import WrenchStream
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.preprocess import image_tensor
from rho_policy_node.runtime.preprocess import joint_tensor
from rho_policy_node.runtime.preprocess import mask_of
from rho_policy_node.runtime.preprocess import tensor_of
from rho_policy_node.runtime.preprocess import touch_tensor

NAMES = ('a', 'b', 'c')


@dataclass(frozen=True)
class Reading:
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64] | None = None


def camera(height: int, width: int) -> ImageStream:
    return ImageStream(
        name='eye',
        kind='image',
        camera='eye',
        shape=(1, height, width, 3),
        unit='rgb8',
        normalisation='none',
        deadline_ms=100,
        max_skew_ms=10,
    )


def joints(names: tuple[str, ...] = NAMES, *, velocity: bool = False) -> JointStream:
    return JointStream(
        name='body',
        kind='joint',
        joints=names,
        fields=('position', 'velocity') if velocity else ('position',),
        shape=(1, len(names) * (2 if velocity else 1)),
        unit='si',
        normalisation='none',
        deadline_ms=100,
        max_skew_ms=10,
    )


SKIN = TactileStream(
    name='skin',
    kind='tactile',
    sensors=('l', 'r'),
    shape=(1, 2, 5, 3),
    unit='uT',
    normalisation='none',
    deadline_ms=100,
    max_skew_ms=10,
)


def test_an_image_of_the_declared_size_is_passed_on_untouched() -> None:
    image = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    image.flags.writeable = False
    tensor = image_tensor(camera(4, 6), image)
    assert tensor.shape == (1, 4, 6, 3)
    assert np.shares_memory(tensor, image)


def test_a_larger_image_is_averaged_down() -> None:
    image = np.zeros((8, 12, 3), dtype=np.uint8)
    image[::2] = 100
    tensor = image_tensor(camera(4, 6), image)
    assert tensor.dtype == np.uint8
    assert np.unique(tensor).tolist() == [50]


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        ((2, 3, 3), 'eye: expected 6x4 or a larger image of the same aspect, got 3x2'),
        ((8, 10, 3), 'eye: expected 6x4 or a larger image of the same aspect, got 10x8'),
        ((4, 6), r'eye: expected uint8 \(H, W, 3\), got uint8 \(4, 6\)'),
    ],
)
def test_images_that_do_not_fit_are_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(Refused, match=message):
        image_tensor(camera(4, 6), np.zeros(shape, dtype=np.uint8))


@given(st.permutations(NAMES), st.permutations(('x', *NAMES)))
def test_joints_come_in_model_order_whatever_the_message_has(
    model: list[str], message: list[str]
) -> None:
    values = {name: float(index) for index, name in enumerate(('x', *NAMES))}
    reading = Reading(tuple(message), np.array([values[name] for name in message]))
    tensor = joint_tensor(joints(tuple(model)), reading)
    assert tensor.dtype == np.float32
    assert tensor.tolist() == [[values[name] for name in model]]


def test_velocities_follow_the_positions() -> None:
    reading = Reading(('c', 'a', 'b'), np.array([3.0, 1.0, 2.0]), np.array([30.0, 10.0, 20.0]))
    assert joint_tensor(joints(velocity=True), reading).tolist() == [[1, 2, 3, 10, 20, 30]]


def test_joints_that_are_not_measured_are_refused() -> None:
    with pytest.raises(Refused, match='body: no joint c in the joint state'):
        joint_tensor(joints(), Reading(('a', 'b'), np.zeros(2)))
    with pytest.raises(Refused, match='body: the joint state has no velocities'):
        joint_tensor(joints(velocity=True), Reading(NAMES, np.zeros(3)))
    with pytest.raises(Refused, match='body: a joint value is not finite'):
        joint_tensor(joints(), Reading(NAMES, np.array([0.0, np.nan, 0.0])))


def test_touch_is_stacked_in_the_order_of_the_sensors() -> None:
    samples = {
        f'skin.{sensor}': Sample(
            stamp_ns=0, received_ns=0, value=np.full((5, 3), value, dtype=np.float32)
        )
        for sensor, value in (('r', 2), ('l', 1))
    }
    tensor = tensor_of(SKIN, AlignedFrame(stamp_ns=0, samples=samples, skew_ns=0))
    assert tensor.shape == (1, 2, 5, 3)
    assert tensor[0, :, 0, 0].tolist() == [1, 2]


def test_touch_of_another_shape_or_not_finite_is_refused() -> None:
    good = np.zeros((5, 3), dtype=np.float32)
    with pytest.raises(Refused, match=r'skin: r gives shape \(4, 3\), expected \(5, 3\)'):
        touch_tensor(SKIN, [good, good[:4]])
    with pytest.raises(Refused, match='skin: a value is not finite'):
        touch_tensor(SKIN, [good, good + np.inf])


def sample(value: Any) -> Sample[Any]:
    return Sample(stamp_ns=0, received_ns=0, value=value)


def frame(history: tuple[Any, ...] = (), **values: Any) -> AlignedFrame:
    samples = {name.replace('__', '.'): sample(value) for name, value in values.items()}
    return AlignedFrame(stamp_ns=0, samples=samples, skew_ns=0, history={
        name: tuple(sample(value) for value in history) for name in samples if history})


def test_joints_are_normalised_as_the_bundle_declares() -> None:
    stream = replace(joints(), normalisation=ZScore(
        kind='z_score', mean=(1.0, 0.0, 0.0), std=(2.0, 1.0, 1.0)))
    reading = Reading(NAMES, np.array([5.0, 1.0, 2.0]))
    tensor = tensor_of(stream, frame(body=reading))
    assert tensor.dtype == np.float32
    assert tensor.tolist() == [[2.0, 1.0, 2.0]]


def test_touch_is_normalised_per_channel() -> None:
    stream = replace(SKIN, normalisation=MinMax(
        kind='min_max', low=(0.0, 0.0, -1.0), high=(2.0, 4.0, 1.0)))
    touch = np.tile(np.array([2.0, 2.0, 0.0], np.float32), (5, 1))
    tensor = tensor_of(stream, frame(skin__l=touch, skin__r=touch))
    assert tensor.shape == (1, 2, 5, 3)
    assert tensor[0, 1, 4].tolist() == [1.0, 0.0, 0.0]


def test_a_history_gets_an_axis_for_time_oldest_first() -> None:
    stream = replace(joints(), history_ms=(100.0, 0.0), shape=(1, 2, 3))
    readings = tuple(Reading(NAMES, np.full(3, value)) for value in (1.0, 2.0))
    tensor = tensor_of(stream, frame(readings, body=readings[1]))
    assert tensor.tolist() == [[[1.0] * 3, [2.0] * 3]]


def test_a_stream_that_may_be_absent_is_masked() -> None:
    stream = replace(SKIN, required=False)
    touch = np.ones((5, 3), np.float32)
    half = frame(skin__l=touch)
    assert mask_of(stream, half).tolist() == [[0.0]]
    assert not tensor_of(stream, half).any()
    whole = frame(skin__l=touch, skin__r=touch)
    assert mask_of(stream, whole).tolist() == [[1.0]]
    assert tensor_of(stream, whole).all()


def test_a_wrench_has_six_finite_values() -> None:
    stream = WrenchStream(name='force', kind='wrench', source='left', shape=(1, 6), unit='si',
                          normalisation='none', deadline_ms=100, max_skew_ms=10)
    assert tensor_of(stream, frame(force=np.arange(6.0))).tolist() == [[0, 1, 2, 3, 4, 5]]
    for values in (np.zeros(5), np.full(6, np.nan)):
        with pytest.raises(Refused, match='force: expected 6 finite values'):
            tensor_of(stream, frame(force=values))


def other_camera(unit: Any) -> ImageStream:
    return replace(camera(4, 6), unit=unit, shape=(1, 4, 6, 1))


def test_grey_becomes_colour_and_colour_grey() -> None:
    grey = np.full((4, 6, 1), 7, np.uint8)
    assert image_tensor(camera(4, 6), grey).shape == (1, 4, 6, 3)
    assert np.unique(image_tensor(camera(4, 6), grey)).tolist() == [7]
    colour = np.full((8, 12, 3), 9, np.uint8)
    tensor = image_tensor(other_camera('mono8'), colour)
    assert tensor.shape == (1, 4, 6, 1)
    assert np.unique(tensor).tolist() == [9]


def test_depths_are_picked_never_averaged() -> None:
    depth = np.zeros((8, 12, 1), np.uint16)
    depth[::2] = 1000
    tensor = image_tensor(other_camera('depth_mm'), depth)
    assert tensor.dtype == np.uint16
    assert set(np.unique(tensor)) <= {0, 1000}


def test_colour_is_no_depth() -> None:
    with pytest.raises(Refused, match=r'eye: expected uint16 \(H, W, 1\), got uint8 \(4, 6, 3\)'):
        image_tensor(other_camera('depth_mm'), np.zeros((4, 6, 3), np.uint8))
