# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.policy import Policy

Tree = dict[str, Any]
EditManifest = Callable[[Callable[[Tree], object]], None]

STAMP_NS = 10_000_000_000
RED = 'Push the red button with the right gripper.'
# The model's order is left_a, left_b, right_a, right_b.
MESSAGE = ('right_b', 'left_a', 'right_a', 'left_b')


@dataclass(frozen=True)
class Reading:
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: None = None


def frame(**values: object) -> AlignedFrame:
    samples = {
        name.replace('__', '.'): Sample(stamp_ns=STAMP_NS, received_ns=0, value=value)
        for name, value in values.items()
    }
    return AlignedFrame(stamp_ns=STAMP_NS, samples=samples, skew_ns=0)


def images() -> AlignedFrame:
    return frame(
        front=np.full((8, 16, 3), 50, dtype=np.uint8), wrist=np.zeros((8, 8, 3), dtype=np.uint8)
    )


def body(touch: float = 0.0) -> AlignedFrame:
    skin = np.full((5, 3), touch, dtype=np.float32)
    reading = Reading(MESSAGE, np.array([0.4, 0.1, 0.3, 0.2]))
    return frame(proprioception=reading, touch__finger_l=skin, touch__finger_r=skin)


@pytest.fixture
def policy(sound_bundle: Path) -> Policy:
    policy = open_policy(sound_bundle)
    policy.set_instruction(RED)
    policy.update_context(images())
    return policy


def test_it_gives_absolute_targets_one_step_ahead(policy: Policy) -> None:
    chunk = policy.act(body())
    assert chunk.stamp_ns == STAMP_NS + 100_000_000
    assert chunk.positions.shape == (10, 4)
    assert np.abs(chunk.positions[0] - [0.1, 0.2, 0.3, 0.4]).max() < 0.02


def test_the_same_observation_gives_the_same_chunk(policy: Policy) -> None:
    assert np.array_equal(policy.act(body()).positions, policy.act(body()).positions)


def test_touch_matters(policy: Policy) -> None:
    assert not np.array_equal(policy.act(body()).positions, policy.act(body(30.0)).positions)


def test_joint_order_permuted_in_the_bundle_is_undone(
    bundle: Path, edit_manifest: EditManifest, policy: Policy
) -> None:
    order = ['right_b', 'left_b', 'left_a', 'right_a']

    def permute(tree: Tree) -> None:
        tree['action']['joints'] = order
        for stream in tree['streams']:
            if stream['kind'] == 'joint':
                stream['joints'] = order

    edit_manifest(permute)
    other = open_policy(bundle)
    other.set_instruction(RED)
    other.update_context(images())
    chunk = other.act(body())
    assert chunk.joint_names == tuple(order)
    expected = dict(zip(MESSAGE, (0.4, 0.1, 0.3, 0.2), strict=True))
    for column, joint in enumerate(order):
        assert chunk.positions[0, column] == pytest.approx(expected[joint], abs=0.02)


def test_deltas_are_added_to_the_measured_positions(
    bundle: Path, edit_manifest: EditManifest, policy: Policy
) -> None:
    edit_manifest(lambda tree: tree['action'].update(space='joint_delta'))
    other = open_policy(bundle)
    other.set_instruction(RED)
    other.update_context(images())
    difference = other.act(body()).positions - policy.act(body()).positions
    assert difference == pytest.approx(np.tile([0.1, 0.2, 0.3, 0.4], (10, 1)))


def test_nothing_without_instruction_or_context(sound_bundle: Path) -> None:
    fresh = open_policy(sound_bundle)
    with pytest.raises(Refused, match='no instruction has been set'):
        fresh.update_context(images())
    with pytest.raises(Refused, match='no context yet'):
        fresh.act(body())
    with pytest.raises(Refused, match='expected a sentence'):
        fresh.set_instruction(' ')


def test_an_old_context_is_refused(policy: Policy) -> None:
    late = replace(body(), stamp_ns=STAMP_NS + 401_000_000)
    with pytest.raises(Refused, match='context is 401 ms old, limit 400 ms'):
        policy.act(late)


def test_a_refused_frame_leaves_the_context_untouched(policy: Policy) -> None:
    before = policy.context
    with pytest.raises(Refused):
        policy.update_context(frame(front=np.zeros((1, 1, 3), np.uint8), wrist=None))
    assert policy.context is before


def test_durations_are_known_after_opening(policy: Policy) -> None:
    assert policy.last_ms('instruction') > 0
    assert policy.last_ms('context') > 0
    assert policy.last_ms('action') > 0
