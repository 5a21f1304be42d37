# SPDX-License-Identifier: Apache-2.0
"""A policy of one graph with noise and real-time chunking, from bundle to chunk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.guidance import sample_guided
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.chunks.prefix_weights import prefix_weights
from rho_core.chunks.report import PolicyMode
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.policy import Policy
from rho_policy_node.runtime.runner import PolicyRunner

pytest.importorskip('onnx', reason='the bundle is made with onnx')

from rho_policy_node.testing_flow import ANGULAR_SPEED
from rho_policy_node.testing_flow import DT_S
from rho_policy_node.testing_flow import HORIZON
from rho_policy_node.testing_flow import JOINTS
from rho_policy_node.testing_flow import TRACKS
from rho_policy_node.testing_flow import make_flow_bundle

MS = 1_000_000
RTC = {'merge': {'kind': 'rtc', 'executed': 4, 'guidance': 10.0}}
T0_NS = 1_790_000_000_000_000_000


@dataclass(frozen=True)
class Reading:
    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: None = None


def frame(stamp_ns: int, position: tuple[float, float] = (0.5, 0.0)) -> AlignedFrame:
    value = Reading(JOINTS, np.array(position))
    sample: Sample[Any] = Sample(stamp_ns=stamp_ns, received_ns=0, value=value)
    return AlignedFrame(stamp_ns=stamp_ns, samples={'body': sample}, skew_ns=0)


def two_tracks(x: NDArray[np.float64], tau: float) -> NDArray[np.float64]:
    """The exact flow to one of two circles, from an observation at angle 0."""
    angles = ANGULAR_SPEED * DT_S * np.arange(1, HORIZON + 1)
    inner, outer = (radius * np.stack([np.cos(angles), np.sin(angles)], 1) for radius in TRACKS)
    lead = np.sum((x - tau * inner) ** 2) - np.sum((x - tau * outer) ** 2)
    share = 1.0 / (1.0 + np.exp(-lead / (2.0 * (1.0 - tau) ** 2)))
    return np.asarray((inner + share * (outer - inner) - x) / (1.0 - tau))


@pytest.fixture(scope='module')
def rtc_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_flow_bundle(tmp_path_factory.mktemp('flow') / 'rtc', RTC)


@pytest.fixture
def policy(rtc_bundle: Path) -> Policy:
    policy = open_policy(rtc_bundle)
    policy.set_instruction('go')
    policy.update_context(frame(T0_NS))
    return policy


def radii(chunk: ActionChunk) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(chunk.positions, axis=1))


def test_without_a_chunk_in_execution_it_follows_its_noise(policy: Policy) -> None:
    found = set()
    for step in range(20):
        chunk = policy.act(frame(T0_NS + step))
        assert radii(chunk) == pytest.approx(radii(chunk)[0], abs=1e-5)
        found.add(round(float(radii(chunk)[0]), 3))
    assert found == set(TRACKS)


def test_the_same_observation_gives_the_same_chunk(policy: Policy) -> None:
    one, two = (policy.act(frame(T0_NS + 7)).positions for _ in range(2))
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize('track', TRACKS)
def test_it_stays_on_the_track_that_is_being_executed(policy: Policy, track: float) -> None:
    chosen = next(
        chunk for chunk in (policy.act(frame(T0_NS + step)) for step in range(50))
        if radii(chunk)[0] == pytest.approx(track, abs=1e-3)
    )
    for step in range(20):
        chunk = policy.act(frame(T0_NS + 50 + step, (track, 0.0)), chosen, delay=3)
        assert radii(chunk)[:3] == pytest.approx(track, abs=0.02)


def test_the_graph_computes_what_the_reference_computes(policy: Policy) -> None:
    previous = policy.act(frame(T0_NS))
    stamp_ns = T0_NS + round(DT_S * 1e9)
    chunk = policy.act(frame(stamp_ns), previous, delay=2)
    noise = np.random.default_rng(stamp_ns).standard_normal((HORIZON, 2), np.float32)
    held = np.concatenate([previous.positions[1:], previous.positions[-1:]])
    weights = prefix_weights(HORIZON, delay=2, executed=4)
    weights[-1] = 0.0
    expected = sample_guided(
        two_tracks, noise.astype(np.float64), steps=10, previous=held, weights=weights, most=10.0)
    assert chunk.positions == pytest.approx(expected, abs=1e-4)


def test_an_inference_that_takes_more_than_half_a_chunk_is_refused(policy: Policy) -> None:
    previous = policy.act(frame(T0_NS))
    with pytest.raises(Refused, match='inference takes 17 of 32 rows, allowed half'):
        policy.act(frame(T0_NS), previous, delay=17)


def test_chunking_by_the_graph_is_refused_when_the_graph_cannot(tmp_path: Path) -> None:
    folder = make_flow_bundle(tmp_path / 'b', RTC)
    text = (folder / 'bundle.yaml').read_text(encoding='utf-8')
    text = text.replace('previous: action.previous', 'previous: action.noise')
    (folder / 'bundle.yaml').write_text(text, encoding='utf-8')
    with pytest.raises(ConfigError, match=r'execution\.merge: rtc needs inputs of the action'):
        open_policy(folder)


class Bench:
    """An asynchronous runner with a clock made by hand."""

    def __init__(self, folder: Path) -> None:
        policy = open_policy(folder)
        limiter = ChunkLimiter(JOINTS, lower=[-2, -2], upper=[2, 2], velocity=[3, 3])
        self.runner = PolicyRunner(policy, limiter, lambda one: one)
        self.runner.set_permit('')
        self.runner.request('go')
        self.now_ms = 0

    @property
    def clocks(self) -> dict[str, int]:
        return {'now_ns': T0_NS + self.now_ms * MS, 'steady_ns': self.now_ms * MS}

    def tick(self) -> ActionChunk | None:
        self.now_ms += 20
        value = Reading(JOINTS, np.array([0.5, 0.0]))
        clocks = self.clocks
        sample: Sample[Any] = Sample(
            stamp_ns=clocks['now_ns'], received_ns=clocks['steady_ns'], value=value)
        self.runner.action_feed.push('body', sample, now_ns=clocks['now_ns'])
        return self.runner.action_tick(**clocks)

    def think(self) -> None:
        self.runner.context_tick(**self.clocks)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(make_flow_bundle(tmp_path / 'b', {'mode': 'asynchronous'} | RTC))


def test_nothing_is_published_before_the_first_result(bench: Bench) -> None:
    assert bench.tick() is None
    bench.think()
    assert bench.tick() is not None
    assert bench.runner.report().mode is PolicyMode.RUNNING


def test_between_results_each_tick_publishes_what_is_still_to_come(bench: Bench) -> None:
    bench.tick()
    bench.think()
    chunks = [bench.tick() for _ in range(10)]
    stamps = [chunk.stamp_ns for chunk in chunks if chunk is not None]
    # The first row is due after 50 ms; until then there is nothing new to say.
    assert len(stamps) == 9
    assert stamps == sorted(set(stamps))
    ends = [chunk.end_ns for chunk in chunks if chunk is not None]
    assert max(ends) <= T0_NS + 20 * MS + round(HORIZON * DT_S * 1e9)


def test_a_stalled_graph_runs_out_and_goes_on_by_itself(bench: Bench) -> None:
    bench.tick()
    bench.think()
    published = [bench.tick() is not None for _ in range(100)]
    assert all(published[2:75])
    assert not any(published[85:])
    assert bench.runner.report().mode is PolicyMode.WAITING
    assert bench.runner.report().reason == (
        'no chunk: the last one has run out or none has come yet')
    bench.think()
    assert bench.tick() is not None


def test_the_delay_is_what_was_consumed(bench: Bench) -> None:
    bench.tick()
    bench.think()
    for _ in range(4):
        bench.now_ms += 30
    bench.tick()
    # The result of 20 ms is taken at 160 ms: the rows of 70 and 120 ms were due.
    assert bench.runner.report().executed_delay == 2


def test_a_result_from_before_a_stop_is_dropped(bench: Bench) -> None:
    bench.tick()
    bench.think()
    bench.runner.set_permit('watchdog: STOP')
    bench.runner.set_permit('')
    assert bench.tick() is None
    assert 'a reset came in between' in bench.runner.report().reason
