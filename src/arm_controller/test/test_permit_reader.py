# SPDX-License-Identifier: Apache-2.0
"""Permits out of messages: nothing is guessed."""

from types import SimpleNamespace
from typing import Any

import pytest

from arm_controller.permit_reader import PermitReader
from rho_core.errors import Refused
from rho_core.safety.permit import Permit


def header(ns: int) -> SimpleNamespace:
    return SimpleNamespace(stamp=SimpleNamespace(sec=ns // 10**9, nanosec=ns % 10**9))


def state(**changes: Any) -> SimpleNamespace:
    values: dict[str, Any] = {
        'header': header(2_000_000_001), 'arms': ['right', 'left'], 'permits': [3, 1],
        'speed_scales': [1.0, 0.0], 'epoch': 5, 'stop_times_s': [0.25, 0.5],
    }
    return SimpleNamespace(**{**values, **changes})


def test_the_arms_own_permit_is_read() -> None:
    permit = PermitReader('left').read(state(), received_ns=9)
    assert permit.permit is Permit.HOLD
    assert (permit.epoch, permit.stamp_ns, permit.received_ns) == (5, 2_000_000_001, 9)
    assert permit.stop_time_s == 0.5


def test_a_watchdog_that_knows_no_stop_times_leaves_them_to_the_arm() -> None:
    assert PermitReader('left').read(state(stop_times_s=[]), received_ns=9).stop_time_s is None


@pytest.mark.parametrize(('changes', 'problem'), [
    ({'arms': ['right']}, 'expected the arm left, got right'),
    ({'permits': [3, 7]}, 'a permit of 0..3'),
    ({'permits': [3]}, 'a permit of 0..3'),
    ({'stop_times_s': [0.25]}, 'a stop time per arm'),
    ({'stop_times_s': [0.25, -1.0]}, 'a stop time >= 0, got -1'),
    ({'speed_scales': [1.0, 2.0]}, r'scale in \[0, 1\], got 2'),
])
def test_senseless_states_are_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        PermitReader('left').read(state(**changes), received_ns=9)
