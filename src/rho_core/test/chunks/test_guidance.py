# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.chunks.guidance import guidance_gain
from rho_core.chunks.guidance import sample_guided
from rho_core.chunks.prefix_weights import prefix_weights
from rho_core.errors import ConfigError

TARGET = np.full((10, 1), 2.0)


def straight(x: NDArray[np.float64], tau: float) -> NDArray[np.float64]:
    """Flow whose samples all end at TARGET."""
    return (TARGET - x) / (1.0 - tau)


def test_the_gain_is_bounded_at_both_ends_and_two_in_the_middle() -> None:
    assert guidance_gain(0.0) == 5.0
    assert guidance_gain(1.0) == 5.0
    assert guidance_gain(0.5) == pytest.approx(2.0)


def test_without_a_previous_chunk_it_integrates_the_flow() -> None:
    noise = np.random.default_rng(0).normal(size=(10, 1))
    assert sample_guided(straight, noise, steps=5) == pytest.approx(TARGET)


def test_held_rows_follow_the_previous_chunk_and_free_rows_the_flow() -> None:
    noise = np.random.default_rng(0).normal(size=(10, 1))
    previous = np.full((10, 1), 1.0)
    weights = prefix_weights(10, delay=3, executed=4)
    rows = sample_guided(
        straight, noise, steps=10, previous=previous, weights=weights, most=10.0)[:, 0]
    # This flow pulls every sample to its target; the last step closes 0.91 of the gap again.
    assert np.all(np.abs(rows[:3] - 1.0) < 0.1)
    assert rows[6:] == pytest.approx(2.0)


def test_more_weight_means_closer_to_the_previous_chunk() -> None:
    noise = np.zeros((10, 1))
    previous = np.full((10, 1), 1.0)
    ends = [
        sample_guided(straight, noise, steps=10, previous=previous, weights=np.full(10, weight))
        for weight in (0.0, 0.3, 1.0)
    ]
    distance = [float(np.abs(end - previous).max()) for end in ends]
    assert distance[0] > distance[1] > distance[2]


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ConfigError, match='steps: expected at least 1'):
        sample_guided(straight, np.zeros((10, 1)), steps=0)
    with pytest.raises(ConfigError, match='expected weights'):
        sample_guided(straight, np.zeros((10, 1)), steps=1, previous=TARGET)
