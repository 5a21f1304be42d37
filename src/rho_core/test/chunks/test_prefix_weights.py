# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.chunks.prefix_weights import Fade
from rho_core.chunks.prefix_weights import prefix_weights
from rho_core.errors import ConfigError


@pytest.mark.parametrize(
    ('fade', 'expected'),
    [
        ('linear', [1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0]),
        ('exponential', [1, 1, 0.571, 0.287, 0.114, 0.026, 0, 0]),
    ],
)
def test_published_figures(fade: Fade, expected: list[float]) -> None:
    weights = prefix_weights(8, delay=2, executed=2, fade=fade)
    assert weights == pytest.approx(expected, abs=1e-3)


@given(st.integers(1, 50), st.data(), st.sampled_from(['linear', 'exponential']))
def test_weights_fall_from_one_to_zero(horizon: int, data: st.DataObject, fade: Fade) -> None:
    delay = data.draw(st.integers(0, horizon // 2))
    executed = data.draw(st.integers(delay, horizon - delay))
    weights = prefix_weights(horizon, delay=delay, executed=executed, fade=fade)
    assert np.all(weights[:delay] == 1.0)
    assert np.all(weights[horizon - executed:] == 0.0) or delay == horizon - executed
    assert np.all(np.diff(weights) <= 0.0)
    assert np.all((weights >= 0.0) & (weights <= 1.0))


@pytest.mark.parametrize(('delay', 'executed'), [(-1, 2), (3, 2), (2, 7), (5, 5)])
def test_a_delay_that_leaves_no_room_is_refused(delay: int, executed: int) -> None:
    with pytest.raises(ConfigError, match='expected 0 <= delay <= executed'):
        prefix_weights(8, delay=delay, executed=executed)
