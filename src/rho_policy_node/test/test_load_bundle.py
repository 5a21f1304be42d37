# SPDX-License-Identifier: Apache-2.0
"""The service that changes the bundle under way, over real DDS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rclpy.context import Context
from rclpy.node import Node

from rho_core.chunks.report import PolicyMode
from rho_interfaces.srv import LoadBundle
from rho_policy_node.fake_surroundings_node import RED
from rho_policy_node.fake_surroundings_node import FakeSurroundings
from rho_policy_node.fake_surroundings_node import parameters
from rho_policy_node.policy_node import PolicyNode
from rho_policy_node.testing import write_manifest
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
def operator(node: PolicyNode, cell: FakeSurroundings, context: Context) -> Iterator[Node]:
    """Asks the running node."""
    operator = Node('operator', context=context)
    with spinning(node, operator, context=context) as spinner:
        bring_up(node, spinner)
        yield operator


@pytest.fixture
def other(bundle: Path) -> Path:
    """A sound bundle of another version."""
    tree = yaml.safe_load((bundle / 'bundle.yaml').read_text(encoding='utf-8'))
    tree['version'] = '0.2.0'
    write_manifest(bundle, tree)
    return bundle


def load(operator: Node, folder: Path) -> Any:
    client = operator.create_client(LoadBundle, 'policy/load_bundle')
    wait_for(client.service_is_ready)
    future = client.call_async(LoadBundle.Request(bundle=str(folder)))
    wait_for(future.done, 30.0)
    return future.result()


def run(cell: FakeSurroundings) -> None:
    cell.instruct(RED)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING))


def test_in_motion_the_new_bundle_takes_over_and_the_motion_goes_on(
    operator: Node, cell: FakeSurroundings, other: Path
) -> None:
    run(cell)
    answer = load(operator, other)
    assert answer.success, answer.message
    assert answer.bundle_id == 'tiny 0.2.0'
    assert 'runs now: seam' in answer.message
    cell.drain()
    wait_for(lambda: cell.trajectories['left'].take() is not None)
    wait_for(lambda: cell.is_in(PolicyMode.RUNNING) and cell.status.bundle_id == 'tiny 0.2.0')


def test_at_rest_it_takes_over_at_once_and_a_second_time_too(
    operator: Node, cell: FakeSurroundings, other: Path, sound_bundle: Path
) -> None:
    assert load(operator, other).success
    answer = load(operator, sound_bundle)
    assert answer.success
    assert answer.bundle_id == 'tiny 0.1.0'
    run(cell)


def test_a_bundle_with_a_wrong_golden_sample_is_refused_and_the_old_one_goes_on(
    operator: Node, cell: FakeSurroundings, other: Path
) -> None:
    run(cell)
    with np.load(other / 'golden.npz') as archive:
        arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    arrays['action.output.chunk'] = arrays['action.output.chunk'] + 0.5
    np.savez(other / 'golden.npz', **arrays)
    tree = yaml.safe_load((other / 'bundle.yaml').read_text(encoding='utf-8'))
    tree['files']['golden']['sha256'] = ''
    write_manifest(other, tree)
    answer = load(operator, other)
    assert not answer.success
    assert 'action.output.chunk: differs by 0.5' in answer.message
    assert answer.bundle_id == 'tiny 0.1.0'
    cell.drain()
    wait_for(lambda: cell.trajectories['left'].take() is not None)


def test_a_folder_that_is_no_bundle_is_refused(
    operator: Node, cell: FakeSurroundings, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / 'none', ignore_errors=True)
    answer = load(operator, tmp_path / 'none')
    assert not answer.success
    assert 'not a bundle' in answer.message
