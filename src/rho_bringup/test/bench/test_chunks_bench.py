# SPDX-License-Identifier: Apache-2.0
import argparse
import math

import numpy as np
import pytest

from rho_bringup.bench.chunks.chunks_bench import DELAYS
from rho_bringup.bench.chunks.chunks_bench import ChunksBench
from rho_bringup.bench.chunks.chunks_bench import judge
from rho_bringup.bench.chunks.closed_loop import Course
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.progress import Progress


@pytest.fixture(scope='module')
def tree() -> dict[str, dict[str, dict[str, float]]]:
    context = BenchContext(say=lambda _text: None, sink=lambda _node, _line: None,
                           progress=Progress(lambda _text: None))
    result = ChunksBench().run(argparse.Namespace(steps=400), context)
    return dict(result.tree)


def test_each_cell_of_the_table_is_filled(tree: dict[str, dict[str, dict[str, float]]]) -> None:
    assert set(tree) == {'rtc', 'blend', 'ensemble', 'replace'}
    for cells in tree.values():
        assert list(cells) == [str(delay) for delay in DELAYS]
        assert all(math.isfinite(value) for cell in cells.values() for value in cell.values())


def test_hard_replacement_has_the_largest_seam(
    tree: dict[str, dict[str, dict[str, float]]],
) -> None:
    for delay in tree['replace']:
        others = [tree[name][delay]['seam_p99'] for name in ('rtc', 'blend', 'ensemble')]
        assert tree['replace'][delay]['seam_p99'] > 2 * max(others)


def test_real_time_chunking_changes_its_mind_least(
    tree: dict[str, dict[str, dict[str, float]]],
) -> None:
    for delay in tree['rtc']:
        others = [tree[name][delay]['changes'] for name in ('blend', 'ensemble', 'replace')]
        assert tree['rtc'][delay]['changes'] < min(others)


def test_an_arm_between_the_tracks_is_off_by_half_their_distance() -> None:
    angles = np.linspace(0.0, 3.0, 100)
    positions = 0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cell = judge(Course(positions=positions, seams=np.array([0.5, 1.0])))
    assert cell['tracking_error_rms'] == pytest.approx(0.1)
    assert cell['seam_max'] == 1.0
