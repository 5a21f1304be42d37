# SPDX-License-Identifier: Apache-2.0
"""The state machine over the tiny bundle, with a clock made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.errors import ConfigError
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.runner import PolicyRunner

MS = 1_000_000
T0_MS = 5_000_000  # ROS time minus steady clock

RED = 'Push the red button with the right gripper.'
BLUE = 'Push the blue button with the right gripper.'

JOINTS = ('left_a', 'left_b', 'right_a', 'right_b')
SHAPES = {'front': (8, 16, 3), 'wrist': (8, 8, 3)}


@dataclass(frozen=True)
class Reading:
    """Joint values as the joint state conversion gives them."""

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: None = None


def as_is(frame: AlignedFrame) -> AlignedFrame:
    """Decodes nothing."""
    return frame


class Bench:
    """Feeds sensors and ticks the runner, in milliseconds of one hand-made clock."""

    def __init__(self, folder: Path, *, velocity: float = 3.0) -> None:
        """Open the bundle and give the permit."""
        self.policy = open_policy(folder)
        limiter = ChunkLimiter(JOINTS, lower=[-3.0] * 4, upper=[3.0] * 4, velocity=[velocity] * 4)
        self.runner = PolicyRunner(self.policy, limiter, as_is)
        self.runner.set_permit('')
        self.now_ms = 0
        self.positions = np.array([0.1, 0.2, 0.3, 0.4])
        self.touch = 0.0
        self.dead: set[str] = set()

    @property
    def clocks(self) -> dict[str, int]:
        """Both clocks [ns]."""
        return {'now_ns': (T0_MS + self.now_ms) * MS, 'steady_ns': self.now_ms * MS}

    @property
    def report(self) -> PolicyReport:
        """What the last action tick found."""
        return self.runner.report()

    def feed(self) -> None:
        """Pushes one sample of every living source, acquired now."""
        for name, shape in SHAPES.items():
            self.push(name, np.full(shape, 100, dtype=np.uint8))
        # Names in another order than the model's.
        self.push('proprioception', Reading(JOINTS[::-1], self.positions[::-1]))
        for sensor in ('finger_l', 'finger_r'):
            self.push(f'touch.{sensor}', np.full((5, 3), self.touch, dtype=np.float32))

    def push(self, source: str, value: object, *, fault: str = '') -> None:
        """Pushes one sample, acquired now."""
        if source in self.dead:
            return
        clocks = self.clocks
        sample = Sample(
            stamp_ns=clocks['now_ns'], received_ns=clocks['steady_ns'], value=value, fault=fault
        )
        for feed in (self.runner.context_feed, self.runner.action_feed):
            if source in feed.sources:
                feed.push(source, sample, now_ns=clocks['now_ns'])

    def context(self) -> None:
        """One context tick."""
        self.runner.context_tick(**self.clocks)

    def act(self) -> ActionChunk | None:
        """One action tick."""
        return self.runner.action_tick(**self.clocks)

    def step(self, ms: int = 20) -> ActionChunk | None:
        """Time goes on, everything is fed and ticked."""
        self.now_ms += ms
        self.feed()
        self.context()
        return self.act()


@pytest.fixture
def bench(sound_bundle: Path) -> Bench:
    return Bench(sound_bundle)


@pytest.fixture
def running(bench: Bench) -> Bench:
    bench.runner.request(RED)
    assert bench.step() is not None
    return bench


def test_without_an_instruction_it_idles(bench: Bench) -> None:
    assert bench.step() is None
    assert bench.report.mode is PolicyMode.IDLE
    assert bench.report.bundle_id == 'tiny 0.1.0'
    assert [stream.ok for stream in bench.report.streams] == [True] * 4


def test_with_instruction_and_inputs_it_runs(running: Bench) -> None:
    report = running.report
    assert (report.mode, report.reason, report.instruction) == (PolicyMode.RUNNING, '', RED)
    assert report.chunk_seq == 1
    assert report.context_age_ms == 0.0


def test_a_chunk_starts_one_step_after_the_observation(running: Bench) -> None:
    observed_ns = running.clocks['now_ns']
    running.now_ms += 5
    chunk = running.act()
    assert chunk is not None
    assert chunk.stamp_ns == observed_ns + 100 * MS
    assert chunk.joint_names == JOINTS
    assert chunk.positions.shape == (10, 4)


def test_the_first_row_is_near_the_measured_joints_in_spite_of_their_order(
    running: Bench,
) -> None:
    chunk = running.act()
    assert chunk is not None
    assert np.abs(chunk.positions[0] - running.positions).max() < 0.02


def test_nothing_happens_before_every_stream_has_delivered(bench: Bench) -> None:
    bench.dead = {'wrist', 'touch.finger_r'}
    bench.runner.request(RED)
    assert bench.step() is None
    assert bench.report.mode is PolicyMode.WAITING
    assert bench.report.reason == (
        'touch.finger_r missing: nothing received yet; wrist missing: nothing received yet'
    )
    problems = {stream.name: stream.problem for stream in bench.report.streams}
    assert problems == {
        'front': '',
        'wrist': 'wrist missing: nothing received yet',
        'proprioception': '',
        'touch': 'touch.finger_r missing: nothing received yet',
    }


def test_the_reason_stays_short_when_everything_is_missing(bench: Bench) -> None:
    bench.runner.request(RED)
    bench.context()
    assert bench.act() is None
    assert bench.report.reason == (
        'proprioception missing: nothing received yet; touch.finger_l missing: nothing received '
        'yet; touch.finger_r missing: nothing received yet and 2 more'
    )


@pytest.mark.parametrize('source', ['front', 'wrist', 'proprioception', 'touch.finger_l'])
def test_it_falls_silent_when_one_source_dies_and_resumes_by_itself(
    running: Bench, source: str
) -> None:
    running.dead = {source}
    chunks = [running.step() for _ in range(25)]
    assert chunks[0] is not None
    assert chunks[-1] is None
    assert running.report.mode is PolicyMode.WAITING
    assert running.report.reason.startswith(f'{source} ')
    running.dead = set()
    assert running.step() is not None
    assert running.report.mode is PolicyMode.RUNNING


def test_a_context_that_is_not_renewed_ends_the_actions(running: Bench) -> None:
    for _ in range(20):
        running.now_ms += 20
        running.feed()
        assert running.act() is not None
    running.now_ms += 20
    running.feed()
    assert running.act() is None
    assert running.report.reason == 'context is 420 ms old, limit 400 ms'


def test_another_instruction_changes_the_actions_without_a_break(running: Bench) -> None:
    red = running.step()
    running.runner.request(BLUE)
    running.feed()
    between = running.act()
    blue = running.step()
    assert red is not None
    assert between is not None
    assert blue is not None
    assert running.report.instruction == BLUE
    assert np.abs(blue.positions - red.positions).max() > 1e-3


def test_touch_changes_the_actions(running: Bench) -> None:
    free = running.step()
    running.touch = 50.0
    pressed = running.step()
    assert free is not None
    assert pressed is not None
    assert np.abs(pressed.positions - free.positions).max() > 1e-3


def test_an_empty_instruction_stops_at_once_and_the_next_one_needs_a_new_context(
    running: Bench,
) -> None:
    running.runner.request('  ')
    assert running.act() is None
    assert running.report.mode is PolicyMode.IDLE
    running.runner.request(BLUE)
    assert running.act() is None
    assert running.report.reason == 'no context for this instruction yet'
    assert running.step() is not None


def test_no_permit_no_trajectory(running: Bench) -> None:
    running.runner.set_permit('safety: stop latched (camera); reset it')
    assert running.step() is None
    assert running.report.reason == 'safety: stop latched (camera); reset it'
    assert running.report.mode is PolicyMode.WAITING


def test_an_instruction_that_is_refused_says_why(running: Bench) -> None:
    running.runner.request('red ' * 30)
    assert running.step() is None
    assert running.report.reason == 'instruction: expected 1 to 16 tokens, got 30'


def test_a_fault_of_a_sensor_is_named(running: Bench) -> None:
    running.now_ms += 20
    running.feed()
    running.now_ms += 1
    running.push('touch.finger_l', None, fault='the sensor repeats itself')
    running.push('proprioception', Reading(JOINTS, running.positions))
    assert running.act() is None
    assert running.report.reason == 'touch.finger_l faulty: the sensor repeats itself'


def test_a_stamp_from_the_future_stops_it_until_the_next_good_one(running: Bench) -> None:
    now_ns = running.clocks['now_ns']
    ahead = Sample(stamp_ns=now_ns + 50 * MS, received_ns=0, value=None)
    running.runner.action_feed.push('proprioception', ahead, now_ns=now_ns)
    assert running.act() is None
    assert running.report.reason == (
        'proprioception from the future: stamp is 50.0 ms in the future, allowed 20.0 ms'
    )
    assert running.step() is not None


def test_an_image_that_does_not_fit_is_named(running: Bench) -> None:
    running.now_ms += 20
    running.feed()
    running.now_ms += 1
    for name in SHAPES:
        running.push(name, np.zeros((8, 9, 3), dtype=np.uint8))
    running.context()
    assert running.act() is None
    assert 'of the same aspect, got 9x8' in running.report.reason


def test_a_target_beyond_the_limits_is_not_published(running: Bench) -> None:
    running.positions = np.array([0.1, 0.2, 3.2, 0.4])
    assert running.step() is None
    assert running.report.reason.startswith('chunk: right_a is 3.2')


def test_a_clock_that_goes_backwards_needs_new_inputs_and_a_new_context(running: Bench) -> None:
    now_ns = running.clocks['now_ns'] - 3_000 * MS
    steady_ns = running.clocks['steady_ns']
    running.runner.context_tick(now_ns=now_ns, steady_ns=steady_ns)
    assert running.runner.action_tick(now_ns=now_ns, steady_ns=steady_ns) is None
    assert 'missing: nothing received yet' in running.report.reason


def test_the_seam_and_the_delay_of_a_steady_run_are_small(running: Bench) -> None:
    running.step()
    assert running.report.seam < 0.1
    assert running.report.executed_delay == 0
    running.now_ms += 120
    running.push('front', np.full(SHAPES['front'], 100, dtype=np.uint8))
    assert running.act() is not None
    assert running.report.executed_delay == 1


def test_a_chunk_that_is_too_fast_is_slowed_and_counted(sound_bundle: Path) -> None:
    bench = Bench(sound_bundle, velocity=0.001)
    bench.runner.request(RED)
    chunk = bench.step()
    assert chunk is not None
    steps = np.diff(chunk.positions, axis=0, prepend=bench.positions[None])
    assert np.abs(steps).max() <= 0.001 * 0.1 * (1 + 1e-6)


def test_a_policy_for_other_joints_is_refused(sound_bundle: Path) -> None:
    limiter = ChunkLimiter(('x',), lower=[-1], upper=[1], velocity=[1])
    with pytest.raises(ConfigError, match=r'^action\.joints: expected the joints of the cell'):
        PolicyRunner(open_policy(sound_bundle), limiter, as_is)
