# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.decoding.bins import Bins
from rho_core.errors import ConfigError
from rho_core.errors import Refused

BINS = Bins([-1.0, 0.0, -0.25], [1.0, 0.04, 3.5])


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_a_value_comes_back_within_half_a_bin(shares: list[float]) -> None:
    values = BINS.low + np.array(shares) * (BINS.high - BINS.low)
    values = np.clip(values, BINS.low, BINS.high)
    error = np.abs(BINS.decode(BINS.encode(values)) - values)
    assert np.all(error <= (BINS.high - BINS.low) / 255 * (0.5 + 1e-9))


@given(st.lists(st.integers(0, 255), min_size=3, max_size=3))
def test_every_token_lies_within_the_bounds_and_comes_back(tokens: list[int]) -> None:
    values = BINS.decode(tokens)
    assert np.all(values >= BINS.low)
    assert np.all(values <= BINS.high)
    assert BINS.encode(values).tolist() == tokens


def test_the_first_and_the_last_token_are_the_bounds() -> None:
    assert BINS.decode([0, 0, 0]).tolist() == BINS.low.tolist()
    assert BINS.decode([[255, 255, 255]]).tolist() == [BINS.high.tolist()]


@pytest.mark.parametrize(
    ('tokens', 'message'),
    [
        ([0, 1, 256], 'expected 0 to 255, got 256'),
        ([0, -1, 0], 'expected 0 to 255, got -1'),
        ([0, 1], r'expected rows of 3, got shape \(2,\)'),
        ([0.0, 1.0, 2.0], 'expected whole numbers, got float64'),
        ([True, False, True], 'expected whole numbers, got bool'),
    ],
)
def test_what_is_no_token_is_refused(tokens: list[float], message: str) -> None:
    with pytest.raises(Refused, match=message):
        BINS.decode(tokens)


@pytest.mark.parametrize('value', [1.001, -1.001, math.nan, math.inf])
def test_a_value_out_of_bounds_has_no_token(value: float) -> None:
    with pytest.raises(Refused, match='values: expected'):
        BINS.encode([value, 0.0, 0.0])


@pytest.mark.parametrize(
    ('low', 'high', 'bins'),
    [([0.0], [0.0], 256), ([1.0], [0.0], 256), ([math.nan], [1.0], 256), ([], [], 256),
     ([0.0], [1.0, 2.0], 256), ([0.0], [1.0], 1)],
)
def test_impossible_bounds_are_refused(low: list[float], high: list[float], bins: int) -> None:
    with pytest.raises(ConfigError):
        Bins(low, high, bins=bins)
