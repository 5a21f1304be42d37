# SPDX-License-Identifier: Apache-2.0
"""Generates the demonstrations of a run, in parallel and resumable."""

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

from rho_learning.data.recorder import Recorder
from rho_learning.data.shards import shard_path
from rho_learning.data.shards import write_shard
from rho_learning.progress import Progress
from rho_sim.cell_sim import CellSim

SHARD_SIZE = 12  # one of each instruction
# Evaluation and demos use small seeds; demonstrations must never show their scenes.
FIRST_SEED = 1_000_000

_recorder: Recorder | None = None


def generate(
    folder: Path, demonstrations: int, *, near_share: float, processes: int, seed: int
) -> list[Path]:
    """Make sure that a folder holds the demonstrations, generating the missing shards.

    Args:
        folder: Where the shards are.
        demonstrations: How many episodes to attempt; the rare failures of the expert are dropped.
        near_share: Share that starts near the target.
        processes: Worker processes.
        seed: Run seed; different run seeds see different scenes.

    Returns:
        The shards' paths in order.
    """
    count = -(-demonstrations // SHARD_SIZE)
    jobs = []
    for index in range(count):
        size = min(SHARD_SIZE, demonstrations - index * SHARD_SIZE)
        first = FIRST_SEED * (1 + seed) - FIRST_SEED % 12 + index * SHARD_SIZE
        jobs.append((shard_path(folder, index), first, size, near_share))
    missing = [job for job in jobs if not job[0].exists()]
    progress = Progress('demonstrations')
    done = count - len(missing)
    progress.update(done * SHARD_SIZE, count * SHARD_SIZE)
    for _ in _run(missing, processes):
        done += 1
        progress.update(done * SHARD_SIZE, count * SHARD_SIZE)
    return [job[0] for job in jobs]


def _run(jobs: list[tuple[Path, int, int, float]], processes: int) -> Iterator[Path]:
    if processes == 1 or len(jobs) <= 1:
        yield from map(_make_shard, jobs)
        _close()
        return
    # A second BLAS thread in the workers made generation many times slower.
    os.environ['OMP_NUM_THREADS'] = '1'
    context = multiprocessing.get_context('spawn')
    with context.Pool(min(processes, len(jobs))) as pool:
        yield from pool.imap_unordered(_make_shard, jobs)


def _close() -> None:
    """Free the GL context of this process while its thread still lives."""
    global _recorder
    if _recorder is not None:
        _recorder.close()
        _recorder = None


def _make_shard(job: tuple[Path, int, int, float]) -> Path:
    """Record one shard; the simulator lives as long as the process."""
    global _recorder
    path, first, size, near_share = job
    _recorder = _recorder or Recorder(CellSim())
    recorded = []
    for seed in range(first, first + size):
        # A golden-ratio sequence spreads near starts evenly over the instructions.
        near = (seed * 0.6180339887) % 1.0 < near_share
        demonstration = _recorder.record(seed, near=near)
        if demonstration is not None:
            recorded.append(demonstration)
    write_shard(path, recorded)
    return path
