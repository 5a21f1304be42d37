# SPDX-License-Identifier: Apache-2.0
"""Quintics have the states they are made of, and their limits are judged by name."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rho_core.motion.quintic import QuinticCheck
from rho_core.motion.quintic import coefficients
from rho_core.motion.quintic import derivatives
from rho_core.motion.testing import LIMITS

state = st.tuples(st.floats(-2.0, 2.0), st.floats(-3.0, 3.0), st.floats(-10.0, 10.0))


def arrays(turn: tuple[float, float, float]) -> tuple[NDArray[np.float64], ...]:
    return tuple(np.array(pair) for pair in zip(turn, (0.02, 0.0, 0.0), strict=True))


@given(state, state, st.floats(0.04, 2.0))
@settings(max_examples=100)
def test_both_ends_have_their_states(
    begin: tuple[float, float, float], end: tuple[float, float, float], span_s: float
) -> None:
    rows = coefficients(np.array([span_s]), tuple(a[None] for a in arrays(begin)),
                        tuple(a[None] for a in arrays(end)))
    for time_s, expected in ((0.0, begin), (span_s, end)):
        got = derivatives(rows, np.array([time_s]))
        for value, wanted in zip(got, expected, strict=False):
            assert value[0, 0] == pytest.approx(wanted, abs=1e-6, rel=1e-6)


@given(state, state, st.floats(0.1, 2.0))
@settings(max_examples=100)
def test_a_quintic_passes_when_all_its_values_do(
    begin: tuple[float, float, float], end: tuple[float, float, float], span_s: float
) -> None:
    problem = QuinticCheck(LIMITS).problem(span_s, arrays(begin), arrays(end))
    rows = coefficients(np.array([span_s]), tuple(a[None] for a in arrays(begin)),
                        tuple(a[None] for a in arrays(end)))
    times_s = np.linspace(0.0, span_s, 25)
    q, v, a, j = derivatives(np.repeat(rows, 25, axis=0), times_s)
    worst = max(float(np.abs(values[:, 0]).max() / limit[0]) for values, limit in (
        (v, LIMITS.velocity), (a, LIMITS.acceleration), (j, LIMITS.jerk), (q, LIMITS.upper)))
    if worst > 1.001:
        assert problem
    elif worst < 0.999:
        assert not problem


@pytest.mark.parametrize(('begin', 'end', 'span_s', 'problem'), [
    ((0.0, 2.9, 9.0), (1.0, 0.0, 0.0), 0.7, 'a velocity of .*, allowed 3, in turn'),
    ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.75, 'an acceleration of .*, allowed 10, in turn'),
    ((0.0, 0.0, 0.0), (0.01, 0.0, 0.0), 0.04, 'a jerk of .*, allowed 200, in turn'),
    ((1.97, 0.8, 0.0), (1.97, 0.0, 0.0), 0.5, r'to pass 2\.\d+ in turn, allowed -2.0000 to 2'),
])
def test_the_worst_is_told_with_numbers(
    begin: tuple[float, float, float], end: tuple[float, float, float], span_s: float,
    problem: str,
) -> None:
    found = QuinticCheck(LIMITS).problem(span_s, arrays(begin), arrays(end))
    assert re.search(problem, found), found


def test_a_slow_quintic_has_no_problem() -> None:
    check = QuinticCheck(LIMITS)
    assert check.problem(0.5, arrays((0.0, 0.0, 0.0)), arrays((0.1, 0.0, 0.0))) == ''
