# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from rho_core.safety.cause import Cause
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_policy_node.permit_gate import PermitGate

MS = 1_000_000
STOPPED = Cause(
    id='camera_front_late', arms=('left',), permit=Permit.STOP, active=True, detail='', since_ns=0
)


def decision(**changes: Any) -> SafetyDecision:
    values: dict[str, Any] = {
        'stamp_ns': 0,
        'seq': 0,
        'epoch': 0,
        'latched': False,
        'arms': ('left', 'right'),
        'permits': (Permit.RUN, Permit.RUN),
        'speed_scales': (1.0, 1.0),
    }
    return SafetyDecision(**(values | changes))


def gate_after(state: SafetyDecision) -> PermitGate:
    gate = PermitGate(('left', 'right'), 200 * MS)
    gate.update(state, steady_ns=0)
    return gate


def test_a_gate_is_shut_until_the_watchdog_speaks() -> None:
    gate = PermitGate(('left',), 200 * MS)
    assert gate.why_shut(steady_ns=0) == 'safety: no state from the watchdog yet'


@pytest.mark.parametrize('permit', [Permit.RUN, Permit.SLOW, Permit.HOLD])
def test_it_is_open_while_no_arm_is_stopped(permit: Permit) -> None:
    assert gate_after(decision(permits=(permit, Permit.RUN))).why_shut(steady_ns=200 * MS) == ''


def test_an_old_state_shuts_it() -> None:
    gate = gate_after(decision())
    assert gate.why_shut(steady_ns=201 * MS) == 'safety: last state of the watchdog is 201 ms old'


def test_a_stop_is_named_with_its_cause() -> None:
    gate = gate_after(decision(permits=(Permit.STOP, Permit.RUN), causes=(STOPPED,)))
    assert gate.why_shut(steady_ns=0) == 'safety: left stopped (camera_front_late)'


def test_a_latched_stop_asks_for_a_reset() -> None:
    gate = gate_after(decision(latched=True))
    assert gate.why_shut(steady_ns=0) == 'safety: stop latched (no cause given); reset it'


def test_an_arm_that_the_watchdog_does_not_know_has_no_permit() -> None:
    gate = gate_after(decision(arms=('left',), permits=(Permit.RUN,), speed_scales=(1.0,)))
    assert gate.why_shut(steady_ns=0) == "safety: the watchdog knows no arm 'right'"
