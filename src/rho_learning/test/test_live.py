# SPDX-License-Identifier: Apache-2.0
"""The imitated controllers move smoothly from chunk to chunk."""

import numpy as np
import pytest

from rho_learning.live import CommandedPath


def chunk(start: float, speed: float) -> np.ndarray:
    """Return a chunk (10, 14) of constant speed."""
    rows = start + speed * 0.1 * np.arange(1, 11)
    return np.repeat(rows[:, None], 14, axis=1)


def test_path_stands_still_without_a_chunk() -> None:
    path = CommandedPath(np.ones(14))
    position, velocity = path.sample(0.3)
    assert position == pytest.approx(np.ones(14))
    assert velocity == pytest.approx(np.zeros(14))


def test_position_and_velocity_are_continuous_when_replanning() -> None:
    path = CommandedPath(np.zeros(14))
    path.replan(0.01, 0.0, chunk(0.0, 0.5))
    before = path.sample(0.05)
    path.replan(0.05, 0.04, chunk(0.1, -0.5))
    after = path.sample(0.05)
    assert after[0] == pytest.approx(before[0])
    assert after[1] == pytest.approx(before[1])


def test_velocity_is_the_derivative_of_the_position() -> None:
    path = CommandedPath(np.zeros(14))
    path.replan(0.01, 0.0, chunk(0.0, 0.5))
    for now_s in (0.02, 0.07, 0.15, 0.6, 0.95):
        slope = (path.sample(now_s + 1e-6)[0] - path.sample(now_s - 1e-6)[0]) / 2e-6
        assert path.sample(now_s)[1] == pytest.approx(slope, abs=1e-4)


def test_path_passes_through_the_rows_at_their_times() -> None:
    path = CommandedPath(np.zeros(14))
    rows = chunk(0.0, 0.5)
    path.replan(0.01, 0.0, rows)
    for row in range(10):
        assert path.sample(0.1 * (row + 1))[0] == pytest.approx(rows[row])


def test_path_ends_at_rest_in_the_last_row() -> None:
    path = CommandedPath(np.zeros(14))
    rows = chunk(0.0, 0.5)
    path.replan(0.01, 0.0, rows)
    position, velocity = path.sample(5.0)
    assert position == pytest.approx(rows[-1])
    assert velocity == pytest.approx(np.zeros(14))
