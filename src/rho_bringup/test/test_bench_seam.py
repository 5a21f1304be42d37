# SPDX-License-Identifier: Apache-2.0
"""The seam benchmark measures what it says, and our motion keeps the limit that it reports."""

import argparse

import numpy as np
import pytest

from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.progress import Progress
from rho_bringup.bench.seam.chunk_stream import ChunkStream
from rho_bringup.bench.seam.hard_replacement import HardReplacement
from rho_bringup.bench.seam.seam_bench import DELAYS_MS
from rho_bringup.bench.seam.seam_bench import SeamBench
from rho_bringup.bench.seam.seam_bench import arm_limits
from rho_bringup.bench.seam.seam_run import SeamRun
from rho_bringup.bench.seam.seam_run import judge
from rho_core.motion.trajectory import JointTrajectory
from rho_description import cell as describe_cell

MS = 1_000_000
LIMITS = arm_limits(describe_cell().arm('left'))
CENTRE = 0.5 * (LIMITS.lower + LIMITS.upper)


def stream(disagreement: float = 0.0) -> ChunkStream:
    return ChunkStream(limits=LIMITS, centre=CENTRE, amplitude=0.05 * LIMITS.velocity,
                       disagreement=disagreement * LIMITS.velocity, seed=1)


def line(start_ns: int, positions: list[float]) -> JointTrajectory:
    return JointTrajectory(start_ns=start_ns, times_s=np.arange(len(positions)) * 0.1,
                           joint_names=('a',), positions=np.array(positions)[:, None])


def test_a_chunk_leaves_out_what_is_over_when_it_comes() -> None:
    at_once = stream().chunk(0, 10 * MS, CENTRE, 10 * MS)
    late = stream().chunk(0, 10 * MS, CENTRE, 160 * MS)
    assert late.start_ns == 210 * MS
    assert late.positions == pytest.approx(at_once.positions[2:])


def test_chunks_differ_by_the_disagreement_alone_and_stay_in_the_limits() -> None:
    assert np.array_equal(stream().chunk(0, 0, CENTRE, 0).positions,
                          stream().chunk(1, 0, CENTRE, 0).positions)
    one, other = (stream(0.5).chunk(number, 0, CENTRE, 0).positions for number in (0, 1))
    assert not np.array_equal(one, other)
    assert np.array_equal(one[0], other[0])
    assert (one >= LIMITS.lower).all()
    assert (one <= LIMITS.upper).all()


def test_hard_replacement_joins_points_by_lines_and_jumps_onto_a_trajectory_that_runs() -> None:
    follower = HardReplacement(np.zeros(1))
    follower.take(line(100 * MS, [0.2, 0.4]), 0)
    assert follower.step(50 * MS) == pytest.approx(0.1)
    assert follower.step(150 * MS) == pytest.approx(0.3)
    follower.take(line(100 * MS, [1.2, 1.4]), 150 * MS)
    assert follower.step(150 * MS) == pytest.approx(1.3)
    assert follower.step(900 * MS) == pytest.approx(1.4)


def test_a_jump_of_the_velocity_is_judged_in_units_of_the_limit() -> None:
    allowed = LIMITS.acceleration * 0.002
    rows = np.zeros((60, len(CENTRE)))
    # From rest to half a step, and three steps at the switch after cycle 30.
    velocity = np.zeros(60)
    velocity[10:] = 0.5
    velocity[32:] += 3.0
    rows[1:, 0] = np.cumsum(velocity[1:] * allowed[0] * 0.002)
    run = SeamRun(commands=rows, switches=(30,), refusals=('why',), tracking=rows)
    figures = judge(run, LIMITS, 2 * MS, 20 * MS)
    assert figures['velocity_step_of_a_max_dt']['max'] == pytest.approx(3.0, abs=1e-3)
    assert figures['refused'] == 1
    assert not figures['kept']


def test_our_motion_keeps_the_velocity_step_and_hard_replacement_does_not() -> None:
    said: list[str] = []
    context = BenchContext(say=said.append, sink=lambda _name, _line: None,
                           progress=Progress(said.append))
    result = SeamBench().run(argparse.Namespace(seconds=3.0, seed=0), context)
    for delay_ms in DELAYS_MS:
        part = result.tree[f'delay_{delay_ms}_ms']
        assert part['ours']['kept']
        assert part['ours']['velocity_step_of_a_max_dt']['max'] <= 1.0 + 1e-6
        assert part['hard_replacement']['velocity_step_of_a_max_dt']['max'] > 3.0
    assert len(result.lines) == len(DELAYS_MS)
