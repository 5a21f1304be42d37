# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_bringup.bench.watchdog.recording import ArmNote
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.recording import SafetyNote
from rho_bringup.bench.watchdog.recording import Sample
from rho_bringup.bench.watchdog.summary import describe
from rho_bringup.bench.watchdog.summary import spread
from rho_bringup.bench.watchdog.summary import summarise
from rho_bringup.bench.watchdog.testing import LIMITS
from rho_bringup.bench.watchdog.testing import MS
from rho_bringup.bench.watchdog.testing import brake
from rho_bringup.bench.watchdog.testing import recording
from rho_bringup.bench.watchdog.testing import series
from rho_bringup.bench.watchdog.testing import time_of
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_refusal
from rho_bringup.bench.watchdog.trial import judge_stop

ARMS = ('left', 'right')
BOTH = dict.fromkeys(ARMS, LIMITS)
INJECTED_NS = time_of(60)
LATCHED = SafetyNote(sent_ns=time_of(98), is_latched=True, causes=('camera.front.late',))


def stopping(left: int = 100, right: int = 100, **rest: object) -> TrialResult:
    one = recording(
        {'left': series(brake(before=left)), 'right': series(brake(before=right))},
        injected_ns=INJECTED_NS, safety=(LATCHED,),
        stops_ns={'left': time_of(left) + 1, 'right': time_of(right) + 1})
    return judge_stop(one, **{'arms': ARMS, 'expiry_ns': time_of(95), 'cause': 'camera',
                              'limits': BOTH} | rest)


def test_the_slower_arm_counts() -> None:
    result = stopping(left=100, right=103)
    assert result.detected
    assert result.reaction_ms == pytest.approx(16.0)
    assert result.causes == ('camera.front.late',)
    assert (result.moved_after_latch, result.limit_violations) == (0, 0)


def test_another_cause_is_no_detection() -> None:
    result = stopping(cause='tactile')
    assert not result.detected
    assert result.reaction_ms is None
    assert result.causes == ('camera.front.late',)


def test_deadline_that_did_not_expire_is_no_detection() -> None:
    assert not stopping(expiry_ns=None).detected


def test_stop_before_the_deadline_is_no_detection() -> None:
    assert not stopping(expiry_ns=time_of(102)).detected
    assert stopping(expiry_ns=time_of(100)).detected


def test_arm_that_goes_on_is_no_detection() -> None:
    one = recording(
        {'left': series(brake()), 'right': series(np.arange(400) * 0.001 - 1.0)},
        injected_ns=INJECTED_NS, safety=(LATCHED,),
        stops_ns={'left': time_of(100) + 1, 'right': None})
    result = judge_stop(one, arms=ARMS, expiry_ns=time_of(95), cause='camera', limits=BOTH)
    assert not result.detected
    alone = judge_stop(one, arms=('left',), expiry_ns=time_of(95), cause='camera', limits=BOTH)
    assert alone.detected


def test_violations_of_all_arms_count_even_of_those_that_need_not_stop() -> None:
    jump = np.zeros(400)
    jump[200:] = 0.5
    one = recording({'left': series(brake()), 'right': series(jump)}, injected_ns=INJECTED_NS,
                    safety=(LATCHED,), stops_ns={'left': time_of(100) + 1, 'right': None})
    result = judge_stop(one, arms=('left',), expiry_ns=time_of(95), cause='camera', limits=BOTH)
    assert result.limit_violations > 0
    assert result.details[0].startswith('right: ')


def test_an_arm_that_stops_by_itself_first_gives_the_cause() -> None:
    notes = {
        'left': (ArmNote(sent_ns=time_of(90), is_stopping=True, reason='permit: 51 ms old'),),
        'right': (ArmNote(sent_ns=time_of(99), is_stopping=True, reason='permit: STOP'),),
    }
    one = recording({}, injected_ns=INJECTED_NS, safety=(LATCHED,), notes=notes)
    assert one.causes() == ('permit: N ms old',)


def test_states_from_before_the_fault_give_no_cause() -> None:
    early = SafetyNote(sent_ns=time_of(10), is_latched=True, causes=('old',))
    one = recording({}, injected_ns=INJECTED_NS, safety=(early, LATCHED), notes={})
    assert one.causes() == ('camera.front.late',)
    assert recording({}, injected_ns=INJECTED_NS, safety=(early,), notes={}).causes() == ()


def test_a_stop_before_the_fault_is_seen() -> None:
    moved = {'left': series(brake())}
    assert recording(moved, injected_ns=INJECTED_NS, safety=(LATCHED,),
                     stops_ns={'left': time_of(100)}).was_moving()
    assert not recording(moved, injected_ns=INJECTED_NS,
                         stops_ns={'left': time_of(50)}).was_moving()
    early = SafetyNote(sent_ns=time_of(59), is_latched=True)
    assert not recording(moved, injected_ns=INJECTED_NS, safety=(early,)).was_moving()


def test_a_message_that_another_one_follows_at_once_is_overtaken() -> None:
    def sent(*after_ms: float) -> Recording:
        samples = tuple(Sample(sent_ns=INJECTED_NS + round(at * MS)) for at in after_ms)
        return Recording(injected_ns=INJECTED_NS, commands={}, arms={},
                         streams={'command.left': samples})

    assert sent(-18.0, 0.1, 2.0, 22.0).is_overtaken('command.left', 4 * MS)
    assert not sent(-0.5, 0.1, 10.0).is_overtaken('command.left', 4 * MS)
    assert not sent(0.1).is_overtaken('command.left', 4 * MS)


def refusing(after_ms: dict[str, float], why: str = 'finite') -> TrialResult:
    notes = {
        arm: (ArmNote(sent_ns=time_of(50), is_stopping=False, refused=3),
              ArmNote(sent_ns=INJECTED_NS + round(after * MS), is_stopping=False, refused=4,
                      last_refusal='positions: expected finite numbers'))
        for arm, after in after_ms.items()
    }
    arms = {arm: series(np.arange(200) * 0.001 - 1.0) for arm in after_ms}
    one = recording(arms, injected_ns=INJECTED_NS, notes=notes)
    return judge_refusal(one, arms=tuple(after_ms), why=why, limits=BOTH)


def test_refusal_is_timed_until_both_arms_say_so() -> None:
    result = refusing({'left': 3.0, 'right': 8.0})
    assert result.detected
    assert result.reaction_ms == pytest.approx(8.0)
    assert result.standstill_ms is None
    assert result.causes == ('positions: expected finite numbers',)


def test_refusal_that_stops_an_arm_is_no_detection() -> None:
    notes = {'left': (
        ArmNote(sent_ns=time_of(50), is_stopping=False, refused=3),
        ArmNote(sent_ns=time_of(70), is_stopping=True, refused=4, last_refusal='not finite',
                reason='path: no point 7'))}
    one = recording({'left': series(brake())}, injected_ns=INJECTED_NS, notes=notes)
    result = judge_refusal(one, arms=('left',), why='finite', limits=BOTH)
    assert not result.detected
    assert result.causes == ('not finite', 'path: no point N')
    allowed = judge_refusal(one, arms=('left',), why='finite', may_stop='^path', limits=BOTH)
    assert allowed.detected
    assert allowed.reaction_ms == pytest.approx(20.0)
    stopped = judge_refusal(one, arms=('left',), why='stamp', may_stop='^path', limits=BOTH)
    assert stopped.detected


def test_refusal_for_another_reason_is_no_detection() -> None:
    result = refusing({'left': 3.0}, why='stamp')
    assert not result.detected
    assert result.reaction_ms is None


def test_figures_are_of_the_trials_that_were_detected() -> None:
    trials = [TrialResult(detected=True, reaction_ms=float(value), standstill_ms=200.0,
                          max_jerk=float(value), causes=('a',)) for value in range(1, 11)]
    trials.append(TrialResult(detected=False, limit_violations=2, moved_after_latch=1,
                              details=('left: jump',), causes=('b', 'c')))
    tree = summarise(trials, about='something', expected='a stop')
    assert (tree['n'], tree['n_detected']) == (11, 10)
    assert tree['reaction_ms'] == {'p50': 5.5, 'p99': 9.91, 'max': 10.0}
    assert (tree['limit_violations'], tree['moved_after_latch']) == (2, 1)
    assert tree['causes'] == {'a': 10, 'b + c': 1}
    assert tree['violations'] == ['left: jump']
    assert tree['max_jerk'] == 10.0
    assert 'p99 9.9 max 10.0 ms' in describe('fault', tree)


def test_no_detection_has_no_figures() -> None:
    assert spread([None, None]) == {'p50': None, 'p99': None, 'max': None}
    tree = summarise([TrialResult(detected=False)], about='', expected='')
    assert tree['max_acceleration'] is None
    assert '0 of 1 detected, reaction p50 -' in describe('fault', tree)
