# SPDX-License-Identifier: Apache-2.0
"""The node over real DDS, among fake sensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.context import Context

from rho_core.chunks.report import PolicyMode
from rho_core.safety.permit import Permit
from rho_policy_node.fake_surroundings_node import ARMS
from rho_policy_node.fake_surroundings_node import BLUE
from rho_policy_node.fake_surroundings_node import JOINTS
from rho_policy_node.fake_surroundings_node import RED
from rho_policy_node.fake_surroundings_node import FakeSurroundings
from rho_policy_node.fake_surroundings_node import parameters
from rho_policy_node.policy_node import PolicyNode
from rho_ros.conversions.trajectory import trajectory_from_ros
from rho_ros.testing import Spinner
from rho_ros.testing import bring_down
from rho_ros.testing import bring_up
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


@pytest.fixture
def cell(context: Context) -> Iterator[FakeSurroundings]:
    cell = FakeSurroundings(context)
    cell.describe_touch()
    cell.loop.start()
    try:
        yield cell
    finally:
        cell.loop.stop()
        cell.destroy_node()


@pytest.fixture
def node(context: Context, sound_bundle: Path) -> PolicyNode:
    return PolicyNode('policy_node', context=context, parameter_overrides=parameters(sound_bundle))


@pytest.fixture
def spinner(node: PolicyNode, context: Context) -> Iterator[Spinner]:
    with spinning(node, context=context) as spinner:
        yield spinner


@pytest.fixture
def running(node: PolicyNode, spinner: Spinner, cell: FakeSurroundings) -> FakeSurroundings:
    bring_up(node, spinner)
    cell.instruct(RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))
    cell.drain()
    return cell


def pair(cell: FakeSurroundings) -> tuple[Any, Any]:
    """The next two trajectories with one stamp."""
    seen: dict[str, dict[int, Any]] = {arm: {} for arm in ARMS}

    def has_pair() -> bool:
        for arm in ARMS:
            for message in cell.trajectories[arm].take_all():
                trajectory = trajectory_from_ros(message)
                seen[arm][trajectory.start_ns] = trajectory
        return bool(seen['left'].keys() & seen['right'].keys())

    wait_for(has_pair)
    stamp_ns = max(seen['left'].keys() & seen['right'].keys())
    return seen['left'][stamp_ns], seen['right'][stamp_ns]


def test_both_arms_get_one_chunk_with_one_stamp(running: FakeSurroundings) -> None:
    left, right = pair(running)
    assert left.start_ns == right.start_ns
    assert (left.joint_names, right.joint_names) == (JOINTS[:2], JOINTS[2:])
    assert left.times_s == pytest.approx(np.arange(10) * 0.1)
    assert np.abs(left.positions[0] - [0.1, 0.2]).max() < 0.05
    assert np.abs(right.positions[0] - [0.3, 0.4]).max() < 0.05


def test_the_status_tells_bundle_instruction_and_streams(running: FakeSurroundings) -> None:
    status = running.status
    assert status.bundle_id == 'tiny 0.1.0'
    assert len(status.bundle_sha256) == 64
    assert status.instruction == RED
    assert [stream.name for stream in status.streams] == [
        'front',
        'wrist',
        'proprioception',
        'touch',
    ]
    assert all(stream.ok for stream in status.streams)
    assert not math.isnan(status.context_age_ms)


def test_a_camera_that_stops_silences_the_policy_with_a_reason(running: FakeSurroundings) -> None:
    running.dead.add('wrist')
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'wrist stale'))
    running.drain()
    first = running.status.chunk_seq
    stamp = running.status.header.stamp
    wait_for(lambda: running.mode() is PolicyMode.WAITING and running.status.header.stamp != stamp)
    assert running.status.chunk_seq == first
    assert all(running.trajectories[arm].take() is None for arm in ARMS)
    running.dead.clear()
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))
    pair(running)


def test_another_instruction_changes_the_output(running: FakeSurroundings) -> None:
    red, _ = pair(running)
    running.instruct(BLUE)
    wait_for(lambda: running.is_in(PolicyMode.RUNNING) and running.status.instruction == BLUE)
    running.drain()
    blue, _ = pair(running)
    assert np.abs(blue.positions - red.positions).max() > 1e-3


def test_an_empty_instruction_idles(running: FakeSurroundings) -> None:
    running.instruct('')
    wait_for(lambda: running.is_in(PolicyMode.IDLE))


def test_the_word_that_it_runs_comes_before_the_first_trajectory(
    running: FakeSurroundings, node: PolicyNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.instruct('')
    wait_for(lambda: running.is_in(PolicyMode.IDLE))
    sent: list[str] = []
    publish, publish_status = node._publish, node._publish_status

    def note_chunk(chunk: Any) -> None:
        sent.append('trajectories')
        publish(chunk)

    def note_status(report: Any) -> None:
        sent.append(report.mode.name)
        publish_status(report)

    monkeypatch.setattr(node, '_publish', note_chunk)
    monkeypatch.setattr(node, '_publish_status', note_status)
    running.instruct(RED)
    wait_for(lambda: 'trajectories' in sent)
    assert sent[sent.index('trajectories') - 1] == 'RUNNING'


def test_a_stop_of_the_watchdog_silences_the_policy(running: FakeSurroundings) -> None:
    running.permit = Permit.STOP
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'safety: stop latched'))
    running.permit = Permit.RUN
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))


def test_touch_in_another_unit_is_not_used(running: FakeSurroundings) -> None:
    running.unit = 'mT'
    running.describe_touch()
    wait_for(
        lambda: running.is_in(
            PolicyMode.WAITING, 'touch.finger_l faulty: expected unit uT, the sensor has mT'
        )
    )


def test_it_stops_and_starts_again(
    running: FakeSurroundings, node: PolicyNode, spinner: Spinner
) -> None:
    bring_down(node, spinner)
    wait_for(lambda: running.is_in(PolicyMode.WAITING, 'deactivated'))
    bring_up(node, spinner)
    wait_for(lambda: running.is_in(PolicyMode.RUNNING))


@pytest.mark.parametrize(
    'changes',
    [
        {'bundle': '/nowhere'},
        {'embodiment': 'single_arm'},
        {'joints': ['left_a', 'left_b', 'right_a', 'right_x']},
        {'joints_per_arm': [2, 1]},
        {'joint_lower': [0.0]},
        {'providers': ['CUDAExecutionProvider']},
    ],
)
def test_what_does_not_fit_fails_at_configure(
    context: Context, sound_bundle: Path, changes: dict[str, Any]
) -> None:
    node = PolicyNode(
        'policy_node', context=context, parameter_overrides=parameters(sound_bundle, **changes)
    )
    with (
        spinning(node, context=context) as spinner,
        pytest.raises(RuntimeError, match='trigger_configure failed'),
    ):
        bring_up(node, spinner)
