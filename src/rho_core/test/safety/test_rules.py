# SPDX-License-Identifier: Apache-2.0
"""Rules that contradict themselves or each other cannot be made."""

import pytest

from rho_core.errors import ConfigError
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Reaction
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.skew_rule import SkewRule
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.testing import ARMS
from rho_core.safety.testing import RULES
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import LoadLimit

HOLD = Reaction(permit=Permit.HOLD)
LOAD = LoadLimit(name='force', limit=1.0)


def rule(**values: object) -> StreamRule:
    return StreamRule(**{'name': 'x', 'deadline_ns': 1, **values})


@pytest.mark.parametrize(('values', 'path'), [
    ({'arms': ()}, 'arms'),
    ({'arms': ('a', 'a')}, 'arms'),
    ({'streams': (rule(),) * 2}, 'streams'),
    ({'streams': (rule(arms=('other',)),)}, 'streams.arms'),
    ({'streams': (rule(role=StreamRole.COMMAND, arms=('left',)),
                  rule(name='y', role=StreamRole.COMMAND, arms=('left',)))}, 'streams'),
    ({'streams': (rule(freeze=FreezeLimit(limit_ns=1, only_while_moving=True)),)},
     'streams.freeze'),
    ({'skews': (SkewRule(name='s', streams=('x', 'y'), max_skew_ns=1),)}, 'skews.streams'),
    ({'streams': RULES.streams, 'skews': (RULES.skews[0],) * 2}, 'skews'),
    ({'streams': (rule(), rule(name='y')),
      'skews': (SkewRule(name='s', streams=('x', 'y'), max_skew_ns=1, arms=('up',)),)},
     'skews.arms'),
    ({'quiet_ns': 0}, 'quiet_ns'),
    ({'stall_ns': -1}, 'stall_ns'),
    ({'clock_jump_ns': 0}, 'clock_jump_ns'),
    ({'moving_speed': 0.0}, 'moving_speed'),
    ({'max_stop_time_s': float('nan')}, 'max_stop_time_s'),
])
def test_senseless_rules_are_refused_by_name(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        WatchdogRules(**{'arms': ARMS, 'streams': (), **values})
    assert caught.value.path == path


@pytest.mark.parametrize(('values', 'path'), [
    ({'name': ''}, 'streams.name'),
    ({'deadline_ns': 0}, 'streams.deadline_ns'),
    ({'max_lead_ns': -1}, 'streams.max_lead_ns'),
    ({'loads': (LOAD, LOAD)}, 'streams.loads'),
    ({'role': StreamRole.COMMAND}, 'streams.arms'),
    ({'role': StreamRole.CONTROLLER, 'arms': ARMS}, 'streams.arms'),
    ({'role': StreamRole.ESTOP, 'arms': ('left',)}, 'streams.arms'),
    ({'role': StreamRole.ESTOP, 'reaction': HOLD}, 'streams.reaction'),
    ({'role': StreamRole.ESTOP, 'reactions': {FaultKind.LATE: HOLD}}, 'streams.reaction'),
    ({'role': StreamRole.ESTOP, 'reaction': Reaction(trip_after_ns=1)}, 'streams.reaction'),
    ({'role': StreamRole.GEOMETRY, 'loads': (LOAD,)}, 'streams.loads'),
])
def test_senseless_streams_are_refused_by_name(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rule(**values)
    assert caught.value.path == path


@pytest.mark.parametrize(('values', 'path'), [
    ({'name': ''}, 'skews.name'),
    ({'streams': ('x', 'x')}, 'skews.streams'),
    ({'streams': ('x',)}, 'skews.streams'),
    ({'max_skew_ns': 0}, 'skews.max_skew_ns'),
])
def test_senseless_skews_are_refused_by_name(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SkewRule(**{'name': 's', 'streams': ('x', 'y'), 'max_skew_ns': 1, **values})
    assert caught.value.path == path


def test_a_fault_of_its_own_kind_has_a_reaction_of_its_own() -> None:
    one = rule(reaction=HOLD, reactions={FaultKind.FROZEN: Reaction()})
    assert one.reaction_to(FaultKind.LATE) is HOLD
    assert one.reaction_to(FaultKind.FROZEN).permit is Permit.STOP
    assert one.reaction_to(FaultKind.NEAR).permit is Permit.SLOW
    assert one.reaction_to(FaultKind.BLOCKED).permit is Permit.STOP


def test_rules_do_not_change_with_what_they_were_made_of() -> None:
    reactions = {FaultKind.LATE: HOLD}
    one = rule(reactions=reactions)
    reactions.clear()
    assert one.reaction_to(FaultKind.LATE) is HOLD


def test_a_decision_has_one_of_each_per_arm() -> None:
    values = {'stamp_ns': 0, 'seq': 0, 'epoch': 0, 'latched': False, 'arms': ARMS,
              'permits': (Permit.RUN,) * 2, 'speed_scales': (1.0,) * 2}
    assert SafetyDecision(**values).stop_times_s == ()
    for field, value in (('permits', (Permit.RUN,)), ('speed_scales', ()),
                         ('stop_times_s', (0.1,))):
        with pytest.raises(ConfigError, match=r'one .* per arm'):
            SafetyDecision(**{**values, field: value})
