# SPDX-License-Identifier: Apache-2.0
"""Loads are compared with their limits, and what is no number is no load."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import LoadLimit
from rho_core.streams.load import LoadMonitor
from rho_core.streams.observation import Observation

WRENCH = (LoadLimit(name='force', limit=50.0, care=30.0), LoadLimit(name='torque', limit=5.0))


def judge(value: object) -> list[tuple[str, FaultKind]]:
    monitor = LoadMonitor(WRENCH)
    monitor.observe(Observation(stream='x', stamp_ns=0, received_ns=0, value=value))
    return [(fault.part, fault.kind) for fault in monitor.check(0, 0)]


@pytest.mark.parametrize(('value', 'expected'), [
    ((0.0, 0.0), []),
    ((30.0, 5.0), []),
    ((30.1, 5.0), [('force', FaultKind.LOAD)]),
    ((50.1, 1.0), [('force', FaultKind.OVERLOAD)]),
    ((50.1, 5.1), [('force', FaultKind.OVERLOAD), ('torque', FaultKind.OVERLOAD)]),
    ((math.nan, 1.0), [('force', FaultKind.FAULTY)]),
    ((-1.0, 1.0), [('force', FaultKind.FAULTY)]),
    ((1.0, math.inf), [('torque', FaultKind.OVERLOAD)]),
    ((1.0,), [('', FaultKind.FAULTY)]),
    (None, [('', FaultKind.FAULTY)]),
])
def test_each_load_is_judged_by_its_own_limit(
    value: object, expected: list[tuple[str, FaultKind]]
) -> None:
    assert judge(value) == expected


def test_it_ends_with_the_next_good_sample_or_when_forgotten() -> None:
    monitor = LoadMonitor(WRENCH)
    for end in (lambda: monitor.observe(Observation(
            stream='x', stamp_ns=0, received_ns=0, value=(1.0, 1.0))), monitor.forget):
        monitor.observe(Observation(stream='x', stamp_ns=0, received_ns=0, value=(99.0, 1.0)))
        assert monitor.check(0, 0)
        end()
        assert not monitor.check(0, 0)


@given(st.floats(), st.floats())
def test_whatever_passes_is_within_all_limits(force: float, torque: float) -> None:
    if not judge((force, torque)):
        assert 0.0 <= force <= 30.0
        assert 0.0 <= torque <= 5.0


@pytest.mark.parametrize('values', [
    {'name': ''}, {'limit': 0.0}, {'limit': math.nan}, {'care': 0.0}, {'care': 2.0},
    {'care': math.nan},
])
def test_senseless_limits_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match='expected'):
        LoadLimit(**{'name': 'x', 'limit': 1.0, **values})
