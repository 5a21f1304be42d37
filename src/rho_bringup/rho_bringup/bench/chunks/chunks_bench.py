# SPDX-License-Identifier: Apache-2.0
"""The benchmark of chunking: four ways to join chunks, at four delays."""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.chunks.closed_loop import ClosedLoop
from rho_bringup.bench.chunks.closed_loop import Course
from rho_bringup.bench.context import BenchContext
from rho_bringup.resources import resolve_bundle
from rho_core.contract.execution import BlendSpec
from rho_core.contract.execution import EnsembleSpec
from rho_core.contract.execution import ExecutionSpec
from rho_core.contract.execution import Merge
from rho_core.contract.execution import RtcSpec
from rho_policy_node.runtime.opening import open_policy

DELAYS = (0, 2, 5, 10)
_EVERY = 8
_MERGES: dict[str, Merge] = {
    'rtc': RtcSpec(kind='rtc', executed=_EVERY, guidance=10.0),
    'blend': BlendSpec(kind='blend', rows=_EVERY),
    'ensemble': EnsembleSpec(kind='ensemble'),
    'replace': 'replace',
}
# Of the bundle `flow`: radii of its two tracks [rad] and a speed for the unit of the seam [rad/s].
_TRACKS = (0.4, 0.6)
_SPEED = 1.5
_STREAM = 'body'
_START_NS = 1_000_000_000_000


class ChunksBench:
    """Seam and tracking error of a flow policy that has two right answers."""

    name = 'chunks'
    summary = 'compare ways to join the chunks of a policy that answers late'
    example = './rho bench chunks --steps 2000 --out chunks.json'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the length of a run."""
        parser.add_argument('--steps', type=int, default=2000,
                            help='steps of 50 ms per cell of the table (default: %(default)s)')

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        """Run each merge at each delay."""
        folder = resolve_bundle('flow')
        tree: dict[str, dict[str, Any]] = {}
        for name, merge in _MERGES.items():
            policy = open_policy(folder, execution=ExecutionSpec(merge=merge))
            tree[name] = {}
            for delay in DELAYS:
                loop = ClosedLoop(policy, stream=_STREAM, velocity=np.full(2, _SPEED),
                                  delay=delay, every=_EVERY)
                course = loop.run(np.array([0.5, 0.0]), options.steps, first_ns=_START_NS)
                tree[name][str(delay)] = judge(course)
        return BenchResult(tree=tree, lines=tuple(_table(tree)))


def judge(course: Course) -> dict[str, float]:
    """Return the figures of one cell of the table.

    Returns:
        seam_p50, seam_p99, seam_max [velocity * dt]; tracking_error_rms, tracking_error_max:
        distance from the nearer track [rad]; changes: share of questions after which the arm is
        on the other track.
    """
    settled = course.positions[2 * _EVERY + max(DELAYS):]
    radius: NDArray[np.float64] = np.linalg.norm(settled, axis=1)
    error = np.min(np.abs(radius[:, None] - np.array(_TRACKS)), axis=1)
    outer = radius > sum(_TRACKS) / 2
    changes = np.count_nonzero(outer[1:] != outer[:-1])
    return {
        'seam_p50': float(np.percentile(course.seams, 50)),
        'seam_p99': float(np.percentile(course.seams, 99)),
        'seam_max': float(course.seams.max()),
        'tracking_error_rms': float(np.sqrt(np.mean(error**2))),
        'tracking_error_max': float(error.max()),
        'changes': changes / len(course.seams),
    }


def _table(tree: dict[str, dict[str, Any]]) -> list[str]:
    lines = ['seam p99 [v dt] / tracking error rms [rad] at a delay of n steps',
             ' ' * 10 + ''.join(f'{delay:>16d}' for delay in DELAYS)]
    for name, cells in tree.items():
        texts = [f'{cell["seam_p99"]:.2f} / {cell["tracking_error_rms"]:.4f}'
                 for cell in cells.values()]
        lines.append(f'{name:<10}' + ''.join(f'{text:>16}' for text in texts))
    return lines
