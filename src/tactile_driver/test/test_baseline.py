# SPDX-License-Identifier: Apache-2.0
"""A baseline is the mean of still frames, and of nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from tactile_driver.baseline import BaselineEstimator
from tactile_driver.baseline import BaselineVerdict

SHAPE = (2, 1, 3)
FRAMES = hnp.arrays(
    np.float32, (8, *SHAPE), elements=st.floats(-1000.0, 1000.0, width=32, allow_nan=False)
)


def verdict_on(frames: NDArray[np.float32], limit: float) -> BaselineVerdict:
    estimator = BaselineEstimator(frames=len(frames), noise_limit=limit, shape=SHAPE)
    verdicts = [estimator.add(frame) for frame in frames]
    assert verdicts[:-1] == [None] * (len(frames) - 1)
    assert verdicts[-1] is not None
    return verdicts[-1]


@given(FRAMES)
def test_the_verdict_follows_the_standard_deviation(frames: NDArray[np.float32]) -> None:
    deviation = float(frames.astype(np.float64).std(axis=0).max())
    verdict = verdict_on(frames, 10.0)
    if deviation > 10.0:
        assert verdict.mean is None
        assert verdict.problem
    else:
        assert verdict.mean is not None
        np.testing.assert_allclose(verdict.mean, frames.mean(axis=0, dtype=np.float64), atol=1e-3)


def test_a_refusal_names_the_taxel_and_the_channel() -> None:
    frames = np.zeros((4, *SHAPE), dtype=np.float32)
    frames[::2, 1, 0, 2] = 40.0
    assert 'deviation 20.0 in taxel (1, 0) channel 2' in verdict_on(frames, 1.0).problem


def test_a_restart_forgets_the_frames_before() -> None:
    estimator = BaselineEstimator(frames=2, noise_limit=1.0, shape=SHAPE)
    estimator.add(np.full(SHAPE, 500.0, dtype=np.float32))
    estimator.restart()
    assert estimator.add(np.zeros(SHAPE, dtype=np.float32)) is None
    assert estimator.add(np.zeros(SHAPE, dtype=np.float32)) is not None


@pytest.mark.parametrize(('frames', 'limit'), [(1, 1.0), (5, 0.0), (5, float('nan'))])
def test_impossible_settings_are_refused(frames: int, limit: float) -> None:
    with pytest.raises(ConfigError):
        BaselineEstimator(frames=frames, noise_limit=limit, shape=SHAPE)
