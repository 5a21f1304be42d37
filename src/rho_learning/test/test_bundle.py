# SPDX-License-Identifier: Apache-2.0
"""The committed bundle: what it contains, and that each input matters."""

from pathlib import Path

import numpy as np
import pytest

from rho_learning.export.sample import Sample
from rho_learning.export.sample import draw_samples
from rho_learning.model.context import Context
from rho_learning.onnx_policy import OnnxPolicy
from rho_learning.sentences import embed
from rho_policy_node.runtime.opening import open_policy

BUNDLE = Path(__file__).parents[2] / 'rho_bringup' / 'bundles' / 'buttons'
MAX_BYTES = 10_000_000


@pytest.fixture(scope='module')
def policy() -> OnnxPolicy:
    """The committed graphs."""
    return OnnxPolicy(BUNDLE)


@pytest.fixture(scope='module')
def sample() -> Sample:
    """The arms near home above an unseen scene."""
    return draw_samples(1)[0]


def sentence(color: str, arm: str = 'right') -> np.ndarray:
    """Return the embedding of an instruction."""
    return embed((f'Push the {color} button with the {arm} gripper.',))[0]


def test_bundle_is_accepted_by_the_run_time() -> None:
    policy = open_policy(BUNDLE)
    assert policy.manifest.name == 'buttons'
    assert policy.manifest.embodiment == 'dual_ur5e'


def test_bundle_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLE.iterdir()) <= MAX_BYTES


def test_swapping_the_colour_word_changes_the_actions(policy: OnnxPolicy, sample: Sample) -> None:
    ends = []
    for color in ('red', 'blue', 'green', 'yellow'):
        context = policy.context(sample.images, sample.joints, sentence(color))
        ends.append(policy.chunk(context, sample.joints, 0.0 * sample.touch)[-1])
    for index, end in enumerate(ends):
        for other in ends[:index]:
            assert np.abs(end - other).max() > 0.01


def test_swapping_the_arm_word_moves_the_other_arm(policy: OnnxPolicy, sample: Sample) -> None:
    moved = {}
    for arm in ('left', 'right'):
        context = policy.context(sample.images, sample.joints, sentence('red', arm))
        chunk = policy.chunk(context, sample.joints, 0.0 * sample.touch)
        travel = np.abs(chunk - sample.joints).max(axis=0)
        moved[arm] = travel[:7].max(), travel[7:].max()
    # An idle arm only drifts home, with at most 0.05 rad/s.
    assert moved['left'][0] > 0.1
    assert moved['left'][1] < 0.051
    assert moved['right'][1] > 0.1
    assert moved['right'][0] < 0.051


def test_zeroing_touch_changes_the_actions(policy: OnnxPolicy) -> None:
    """Above the button the policy goes down; a fingertip that feels a force makes it stay."""
    with np.load(BUNDLE / 'golden.npz') as golden:
        context = golden['action.input.context']
        touch = golden['action.input.touch'][0]
        joints = golden['action.input.proprioception'][0]
    felt = policy.chunk(context, joints, touch)
    not_felt = policy.chunk(context, joints, np.zeros_like(touch))
    assert np.abs(touch).max() > 10.0
    assert np.abs(felt - not_felt).max() > 0.01


def test_context_names_an_arm_and_a_place(policy: OnnxPolicy, sample: Sample) -> None:
    flat = policy.context(sample.images, sample.joints, sentence('green', 'left'))
    context = Context.from_flat(flat)
    assert context.gates[0].tolist() == [1.0, 0.0]
    assert context.target[0, 2] == pytest.approx(0.09, abs=0.005)
