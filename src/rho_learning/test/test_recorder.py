# SPDX-License-Identifier: Apache-2.0
"""Recorded demonstrations: repeatable, pressed at the end, labels that agree with geometry."""

from collections.abc import Iterator

import numpy as np
import pytest

from rho_description import kinematics
from rho_learning.data.demonstration import NAMES
from rho_learning.data.demonstration import Demonstration
from rho_learning.data.recorder import Bursts
from rho_learning.data.recorder import Recorder
from rho_learning.model.layout import ARMS
from rho_sim.cell_sim import CellSim

SEED = 1_000_002


@pytest.fixture(scope='module')
def recorder() -> Iterator[Recorder]:
    """A recorder with a simulator of its own."""
    recorder = Recorder(CellSim())
    yield recorder
    recorder.close()


@pytest.fixture(scope='module')
def demonstration(recorder: Recorder) -> Demonstration:
    """One demonstration that starts near the target."""
    recorded = recorder.record(SEED, near=True)
    assert recorded is not None
    return recorded


def test_same_seed_gives_the_same_demonstration(
    recorder: Recorder, demonstration: Demonstration
) -> None:
    again = recorder.record(SEED, near=True)
    for name in NAMES:
        assert np.array_equal(getattr(again, name), getattr(demonstration, name), equal_nan=True)


def test_demonstration_ends_standing_still_on_the_button(demonstration: Demonstration) -> None:
    assert demonstration.pressed[-30:].all()
    rows = 7 * int(demonstration.arm) + np.arange(6)
    assert np.ptp(demonstration.joints[-15:, rows], axis=0).max() < 0.01


def test_touch_is_felt_by_the_acting_gripper_only(demonstration: Demonstration) -> None:
    felt = np.abs(demonstration.touch[-1]).reshape(2, -1).max(axis=1)
    assert felt[demonstration.arm] > 10.0
    assert felt[1 - demonstration.arm] < 5.0


def test_idle_arm_is_commanded_to_stay(demonstration: Demonstration) -> None:
    idle = 7 * (1 - int(demonstration.arm)) + np.arange(7)
    assert np.ptp(demonstration.command[:, idle], axis=0).max() < 1e-3


def test_tip_ends_at_the_labelled_target(demonstration: Demonstration) -> None:
    arm = int(demonstration.arm)
    joints = demonstration.joints[-1, 7 * arm : 7 * arm + 6]
    tip, rotation = kinematics.tip_pose(ARMS[arm], joints)
    assert tip == pytest.approx(demonstration.buttons[demonstration.target], abs=0.012)
    assert rotation == pytest.approx(demonstration.goal, abs=1e-5)


def test_named_button_is_in_the_front_image(demonstration: Demonstration) -> None:
    assert np.abs(demonstration.pixels[:, 0, demonstration.target]).max() < 1.0


def test_bursts_push_for_a_few_steps_and_only_when_allowed() -> None:
    bursts = Bursts(np.random.default_rng(0))
    assert all(bursts.next(allowed=False) is None for _ in range(100))
    pushes = [bursts.next(allowed=True) is not None for _ in range(1000)]
    assert 0.1 < np.mean(pushes) < 0.4
