# SPDX-License-Identifier: Apache-2.0
"""Bundles change under way, with a clock made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.chunks.seam import seam
from rho_core.errors import Refused
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.runner import PolicyRunner
from rho_policy_node.runtime.runner_switch import RunnerSwitch
from rho_policy_node.runtime.runner_switch import SwitchOutcome

pytest.importorskip('onnx', reason='the bundle is made with onnx')

from rho_policy_node.testing_flow import JOINTS
from rho_policy_node.testing_flow import make_flow_bundle

MS = 1_000_000
T0_NS = 1_790_000_000_000_000_000
VELOCITY = np.array([1.5, 1.5])


@dataclass(frozen=True)
class Reading:
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: None = None


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_flow_bundle(tmp_path_factory.mktemp('flow') / 'b')


class Bench:
    """A switch, its inputs and its outcomes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = self.make()
        self.switch = RunnerSwitch(
            self.first, velocity=VELOCITY, max_seam=1.0, timeout_ns=1_000 * MS)
        self.switch.set_permit('')
        self.now_ms = 0
        self.outcomes: list[SwitchOutcome] = []

    def make(self) -> PolicyRunner:
        limiter = ChunkLimiter(JOINTS, lower=[-2, -2], upper=[2, 2], velocity=[9, 9])
        return PolicyRunner(open_policy(self.folder), limiter, lambda one: one)

    def propose(self) -> PolicyRunner:
        candidate = self.make()
        self.switch.propose(candidate, self.outcomes.append)
        self.switch.set_permit('')
        return candidate

    def tick(self, deaf: PolicyRunner | None = None) -> ActionChunk | None:
        self.now_ms += 20
        now_ns, steady_ns = T0_NS + self.now_ms * MS, self.now_ms * MS
        reading = Reading(JOINTS, np.array([0.5, 0.0]))
        sample: Sample[Any] = Sample(stamp_ns=now_ns, received_ns=steady_ns, value=reading)
        for runner in self.switch.runners:
            if runner is not deaf:
                runner.action_feed.push('body', sample, now_ns=now_ns)
            runner.context_tick(now_ns=now_ns, steady_ns=steady_ns)
        return self.switch.action_tick(now_ns=now_ns, steady_ns=steady_ns)


@pytest.fixture
def bench(folder: Path) -> Bench:
    return Bench(folder)


@pytest.fixture
def running(bench: Bench) -> Bench:
    bench.switch.request('go')
    assert bench.tick() is not None
    return bench


def test_a_policy_at_rest_is_replaced_at_once(bench: Bench) -> None:
    candidate = bench.propose()
    bench.tick()
    assert bench.switch.runner is candidate
    (outcome,) = bench.outcomes
    assert outcome.accepted
    assert outcome.retired is bench.first


def test_in_motion_every_tick_gives_a_chunk_and_no_seam_is_above_the_bound(
    running: Bench,
) -> None:
    chunks = [running.tick() for _ in range(5)]
    candidate = running.propose()
    while running.switch.runner is not candidate:
        chunks.append(running.tick())
        assert len(chunks) < 50
    before, after = chunks[-2:]
    chunks += [running.tick() for _ in range(5)]
    assert all(chunk is not None for chunk in chunks)
    assert before is not None
    assert after is not None
    assert seam(before, after, VELOCITY) <= 1.0
    assert running.outcomes[0].detail.startswith('seam ')


def test_a_candidate_that_never_gets_its_inputs_is_dropped(running: Bench) -> None:
    candidate = running.propose()
    chunks = [running.tick(deaf=candidate) for _ in range(60)]
    assert all(chunk is not None for chunk in chunks)
    assert running.switch.runners == (running.first,)
    (outcome,) = running.outcomes
    assert not outcome.accepted
    assert outcome.retired is candidate
    assert outcome.detail == 'not within 1.0 s: body missing: nothing received yet'


def test_a_candidate_that_would_jump_is_dropped(running: Bench) -> None:
    running.switch._max_seam = -1.0
    running.propose()
    for _ in range(60):
        running.tick()
    assert running.switch.runner is running.first
    assert 'the seam would be' in running.outcomes[0].detail


def test_only_one_candidate_at_a_time(running: Bench) -> None:
    running.propose()
    with pytest.raises(Refused, match='another bundle is being loaded'):
        running.propose()


def test_a_stop_reaches_the_candidate_too(running: Bench) -> None:
    candidate = running.propose()
    running.switch.set_permit('watchdog: STOP')
    running.tick()
    assert running.switch.runner is candidate
    assert running.tick() is None
    assert candidate.report().reason == 'watchdog: STOP'
