# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.decoding.affine import Affine
from rho_core.errors import ConfigError

numbers = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2)


@given(numbers, numbers, st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=2))
def test_restoring_undoes_normalising(
    values: list[float], mean: list[float], std: list[float]
) -> None:
    affine = Affine.z_score(mean, std)
    there = affine.normalise(np.array([values]))
    assert np.allclose(affine.restore(there), [values], atol=1e-6)


def test_bounds_become_minus_one_and_one() -> None:
    affine = Affine.between([0.0, -2.0], [4.0, -1.0])
    assert affine.normalise(np.array([[0.0, -2.0], [4.0, -1.0]])).tolist() == [[-1, -1], [1, 1]]


def test_mean_becomes_zero_and_one_deviation_becomes_one() -> None:
    affine = Affine.z_score([3.0], [0.5])
    assert affine.normalise(np.array([[3.0], [3.5]])).tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize('scale', [0.0, -1.0, math.nan, math.inf])
def test_a_scale_that_nothing_can_be_divided_by_is_refused(scale: float) -> None:
    with pytest.raises(ConfigError, match='1: expected a finite offset and a scale > 0'):
        Affine(offset=np.zeros(2), scale=np.array([1.0, scale]))


def test_arrays_that_do_not_match_are_refused() -> None:
    with pytest.raises(ConfigError, match='expected two arrays'):
        Affine(offset=np.zeros(2), scale=np.ones(3))
    with pytest.raises(ConfigError, match='expected bounds of one shape'):
        Affine.between([0.0], [1.0, 2.0])
