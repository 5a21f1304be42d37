# SPDX-License-Identifier: Apache-2.0
"""Loads are lengths of vectors, and what is no number stays none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rho_core.safety.loads import touch_fault
from rho_core.safety.loads import touch_load
from rho_core.safety.loads import wrench_loads
from rho_core.touch import TactileFlag


def test_touch_is_the_largest_length_of_a_taxel() -> None:
    values = np.array([1.0, 2.0, 2.0, -3.0, 0.0, 4.0], dtype=np.float32)
    assert touch_load(values, 3) == (5.0,)
    assert touch_load(values.reshape(1, 2, 3), 3) == (5.0,)
    assert touch_load(values, 1) == (4.0,)


@pytest.mark.parametrize('bad', [math.nan, math.inf, -math.inf])
def test_one_bad_value_makes_the_load_no_number(bad: float) -> None:
    assert math.isnan(touch_load(np.array([1.0, bad, 0.0], dtype=np.float32), 3)[0])
    assert math.isnan(wrench_loads((1.0, bad, 0.0), (0.0, 0.0, 0.0))[0])


def test_no_taxels_are_no_load() -> None:
    assert math.isnan(touch_load(np.empty(0, dtype=np.float32), 3)[0])


def test_a_wrench_is_two_lengths() -> None:
    assert wrench_loads((3.0, 4.0, 0.0), (0.0, 0.0, -2.0)) == (5.0, 2.0)


def test_flags_are_told_in_words_unless_allowed() -> None:
    assert touch_fault(0) == ''
    assert touch_fault(5) == 'a taxel is at the end of its range, no baseline taken'
    assert touch_fault(5, allowed=TactileFlag.UNCALIBRATED) == (
        'a taxel is at the end of its range')
    assert touch_fault(64) == 'unknown flags 64'


@given(arrays(np.float32, (5, 3), elements=st.floats(-1e6, 1e6, width=32)))
def test_no_value_is_larger_than_the_load(values: np.ndarray) -> None:
    assert touch_load(values, 3)[0] >= np.abs(values).max() * (1 - 1e-6)
