# SPDX-License-Identifier: Apache-2.0
"""The committed bundle: what it contains, and that each input matters."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rho_description import kinematics
from rho_learning.data.demonstration import TICKS_PER_STEP
from rho_learning.data.demonstration import Demonstration
from rho_learning.data.recorder import Recorder
from rho_learning.export.sample import Sample
from rho_learning.export.sample import draw_samples
from rho_learning.model.context import Context
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import JOINTS_PER_ARM
from rho_learning.onnx_policy import OnnxPolicy
from rho_learning.sentences import embed
from rho_policy_node.runtime.opening import open_policy
from rho_sim.cell_sim import CellSim
from rho_sim.tasks.buttons import INSTRUCTIONS

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


@pytest.fixture(scope='module')
def press() -> Iterator[Demonstration]:
    """A demonstration of an unseen scene, which ends on the button."""
    recorder = Recorder(CellSim())
    demonstration = recorder.record(300_001, near=False)
    assert demonstration is not None
    yield demonstration
    recorder.close()


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


def descent(policy: OnnxPolicy, demonstration: Demonstration, tick: int, felt: bool) -> float:
    """Return how far down [m] the tip shall be in 1 s, with the touch of a press or none."""
    step = tick // TICKS_PER_STEP
    images = {camera: getattr(demonstration, camera)[step] for camera in CAMERA_SIZES}
    joints = demonstration.joints[tick]
    embedding = embed((INSTRUCTIONS[int(demonstration.instruction)],))[0]
    touch = demonstration.touch[-1] if felt else np.zeros_like(demonstration.touch[-1])
    chunk = policy.chunk(policy.context(images, joints, embedding), joints, touch)
    arm = int(demonstration.arm)
    rows = slice(JOINTS_PER_ARM * arm, JOINTS_PER_ARM * arm + 6)
    now, _ = kinematics.tip_pose(ARMS[arm], joints[rows])
    then, _ = kinematics.tip_pose(ARMS[arm], chunk[-1, rows])
    return float(now[2] - then[2])


def test_zeroing_touch_of_a_press_makes_the_policy_push_deeper(
    policy: OnnxPolicy, press: Demonstration
) -> None:
    last = len(press.joints) - TICKS_PER_STEP
    assert abs(descent(policy, press, last, felt=True)) < 0.001
    assert descent(policy, press, last, felt=False) > 0.002


def test_feeling_a_force_above_the_button_stops_the_descent(
    policy: OnnxPolicy, press: Demonstration
) -> None:
    before = int(np.argmax(press.pressed)) - 2 * TICKS_PER_STEP
    assert descent(policy, press, before, felt=False) > 0.006
    assert descent(policy, press, before, felt=True) < 0.004


def test_context_names_an_arm_and_a_place(policy: OnnxPolicy, sample: Sample) -> None:
    flat = policy.context(sample.images, sample.joints, sentence('green', 'left'))
    context = Context.from_flat(flat)
    assert context.gates[0].tolist() == [1.0, 0.0]
    assert context.target[0, 2] == pytest.approx(0.09, abs=0.005)
