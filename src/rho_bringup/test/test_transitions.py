# SPDX-License-Identifier: Apache-2.0
"""Tests of the bring-up steps and of the state on the wire."""

import pytest

from rho_bringup.bringup_state import BringupState
from rho_bringup.bringup_state import Phase
from rho_bringup.transitions import Transition
from rho_bringup.transitions import bring_up_steps
from rho_bringup.transitions import shut_down_steps
from rho_core.errors import ConfigError


def test_all_nodes_are_configured_before_the_first_is_active() -> None:
    steps = [(step.transition.label, step.node) for step in bring_up_steps(['a', 'b'])]
    assert steps == [('configure', 'a'), ('configure', 'b'), ('activate', 'a'), ('activate', 'b')]


def test_shutdown_deactivates_in_the_given_order() -> None:
    steps = shut_down_steps(['b', 'a'])
    assert [step.node for step in steps] == ['b', 'a']
    assert {step.transition for step in steps} == {Transition.DEACTIVATE}


def test_transition_knows_its_states() -> None:
    assert (Transition.CONFIGURE.before, Transition.CONFIGURE.after) == (
        'unconfigured', 'inactive')


@pytest.mark.parametrize('nodes', [[], ['a', 'b', 'a']])
def test_impossible_lists_are_refused(nodes: list[str]) -> None:
    with pytest.raises(ConfigError, match='nodes'):
        bring_up_steps(nodes)


@pytest.mark.parametrize('state', [
    BringupState(phase=Phase.READY),
    BringupState(phase=Phase.FAILED, detail='policy: configure: refused; its last error: x: y'),
])
def test_state_survives_the_wire(state: BringupState) -> None:
    assert BringupState.from_text(state.to_text()) == state


def test_unknown_phase_is_refused() -> None:
    with pytest.raises(ValueError, match='sleeping'):
        BringupState.from_text('sleeping')
