# SPDX-License-Identifier: Apache-2.0
"""The worst fault counts, for as long as its reaction says, and flapping is no way out."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.safety.arbiter import Arbiter
from rho_core.safety.finding import Finding
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Clear
from rho_core.safety.reaction import Reaction

MS = 1_000_000
ARMS = ('left', 'right')
BOTH = (Permit.RUN, Permit.RUN)


def finding(
    name: str = 'x', arms: Sequence[str] = ARMS, scale: float = 0.5, **reaction: object
) -> Finding:
    return Finding(id=name, arms=tuple(arms), reaction=Reaction(**reaction), detail='it is so',
                   speed_scale=scale)


class Court:
    """An arbiter that decides every 10 ms."""

    def __init__(self) -> None:
        self.arbiter = Arbiter(ARMS, quiet_ns=500 * MS)
        self.time_ns = 0
        self.is_new_stop = False

    def show(self, *findings: Finding, ticks: int = 1, deaf: Sequence[str] = ()) -> Permit:
        for _ in range(ticks):
            self.time_ns += 10 * MS
            self.is_new_stop = self.arbiter.update(
                findings, self.time_ns, self.time_ns, deaf)
        return min(self.permits)

    @property
    def permits(self) -> tuple[Permit, ...]:
        return self.arbiter.permits()[0]


def test_without_faults_the_arms_run_at_full_speed() -> None:
    court = Court()
    assert court.show() is Permit.RUN
    assert court.arbiter.permits() == (BOTH, (1.0, 1.0))
    assert court.arbiter.causes(0) == ()


def test_the_worst_counts_for_each_arm() -> None:
    court = Court()
    court.show(finding('a', ['left'], permit=Permit.SLOW),
               finding('b', ['left', 'right'], permit=Permit.HOLD),
               finding('c', ['right']))
    assert court.permits == (Permit.HOLD, Permit.STOP)


def test_the_slowest_scale_counts() -> None:
    court = Court()
    court.show(finding('a', permit=Permit.SLOW, scale=0.7),
               finding('b', ['left'], permit=Permit.SLOW, scale=0.2))
    assert court.arbiter.permits() == ((Permit.SLOW, Permit.SLOW), (0.2, 0.7))


def test_a_short_fault_does_not_count_where_a_delay_is_given() -> None:
    court = Court()
    slow = finding(permit=Permit.SLOW, trip_after_ns=50 * MS)
    court.show()
    assert court.show(slow, ticks=4) is Permit.RUN
    assert court.show(ticks=100) is Permit.RUN
    assert court.show(slow, ticks=5) is Permit.SLOW


def test_a_fault_that_comes_and_goes_trips_in_the_end() -> None:
    court = Court()
    stop = finding(trip_after_ns=50 * MS)
    court.show()
    trips = [(court.show(stop), court.show())[1] for _ in range(20)]
    assert trips[0] is Permit.RUN
    assert trips[-1] is Permit.STOP


def test_a_fault_that_two_monitors_tell_of_does_not_trip_twice_as_fast() -> None:
    court = Court()
    stop = finding(trip_after_ns=50 * MS)
    court.show()
    assert court.show(stop, stop, ticks=4) is Permit.RUN
    assert court.show(stop, stop) is Permit.STOP


def test_a_rare_short_fault_never_trips() -> None:
    court = Court()
    stop = finding(trip_after_ns=50 * MS)
    court.show()
    for _ in range(100):
        assert court.show(stop) is Permit.RUN
        assert court.show(ticks=4) is Permit.RUN


def test_it_clears_only_some_time_after_it_was_seen_last() -> None:
    court = Court()
    hold = finding(permit=Permit.HOLD, clear_after_ns=100 * MS)
    court.show(hold)
    assert court.show(ticks=9) is Permit.HOLD
    assert [c.active for c in court.arbiter.causes(court.time_ns)] == [False]
    assert court.show() is Permit.RUN


def test_a_hold_that_lasts_becomes_a_latched_stop() -> None:
    court = Court()
    hold = finding(permit=Permit.HOLD, escalate_after_ns=100 * MS)
    court.show()
    assert court.show(hold, ticks=9) is Permit.HOLD
    assert court.show(hold) is Permit.STOP
    assert court.is_new_stop
    assert court.show(ticks=200) is Permit.STOP
    assert court.arbiter.is_latched
    court.arbiter.reset(court.time_ns)
    assert court.show() is Permit.RUN


def test_holds_that_come_again_and_again_become_a_stop() -> None:
    court = Court()
    hold = finding(permit=Permit.HOLD, escalate_after_ns=100 * MS)
    court.show()
    results = [(court.show(hold), court.show())[0] for _ in range(40)]
    assert results[0] is Permit.HOLD
    assert results[-1] is Permit.STOP


def test_slow_at_no_speed_is_hold() -> None:
    assert Court().show(finding(permit=Permit.SLOW, scale=0.0)) is Permit.HOLD
    assert Court().show(finding(permit=Permit.SLOW, scale=float('nan'))) is Permit.HOLD


@pytest.mark.parametrize('permit', [Permit.SLOW, Permit.HOLD])
def test_what_an_arm_does_not_hear_becomes_a_latched_stop(permit: Permit) -> None:
    court = Court()
    assert court.show(finding(arms=['left'], permit=permit), deaf=['right']) is permit
    assert court.show(finding(arms=['left'], permit=permit), deaf=['left']) is Permit.STOP
    assert court.show(ticks=100) is Permit.STOP
    assert court.permits == (Permit.STOP, Permit.RUN)


def test_a_new_stop_is_told_once_and_again_when_it_returns() -> None:
    court = Court()
    court.show(finding())
    assert court.is_new_stop
    court.show(finding())
    assert not court.is_new_stop
    court.show()
    court.show(finding())
    assert court.is_new_stop
    court.show(finding(), finding('y'))
    assert court.is_new_stop
    court.show(finding(), finding('y'), finding('z', permit=Permit.HOLD))
    assert not court.is_new_stop


def test_a_reset_is_refused_with_reasons() -> None:
    court = Court()
    court.show(finding())
    with pytest.raises(Refused, match=r'reset refused: x \(it is so\)'):
        court.arbiter.reset(court.time_ns)
    court.show(ticks=20)
    with pytest.raises(Refused, match=r'x was there 0\.2 s ago, wait 0\.5 s'):
        court.arbiter.reset(court.time_ns)
    court.show(ticks=31)
    court.arbiter.reset(court.time_ns)
    assert court.show() is Permit.RUN


def test_a_cause_that_never_ends_says_what_to_do() -> None:
    court = Court()
    court.show(finding(permit=Permit.HOLD, clear=Clear.NEVER))
    court.show(ticks=1000)
    with pytest.raises(Refused, match='start the watchdog anew'):
        court.arbiter.reset(court.time_ns)
    assert court.show() is Permit.HOLD


def test_a_hold_that_is_there_does_not_refuse_the_reset_of_another() -> None:
    court = Court()
    hold = finding('h', permit=Permit.HOLD)
    court.show(finding(), hold)
    court.show(hold, ticks=60)
    court.arbiter.reset(court.time_ns)
    assert court.show(hold) is Permit.HOLD


def test_latched_causes_come_first_and_unchanged_ones_are_the_same_objects() -> None:
    court = Court()
    court.show(finding('h', permit=Permit.HOLD), finding('s'))
    causes = court.arbiter.causes(court.time_ns)
    assert [c.id for c in causes] == ['s', 'h']
    court.show(finding('h', permit=Permit.HOLD), finding('s'))
    again = court.arbiter.causes(court.time_ns)
    assert all(a is b for a, b in zip(causes, again, strict=True))


def test_the_text_of_a_lasting_fault_is_renewed_once_a_second() -> None:
    court = Court()
    court.show(finding())
    first = court.arbiter.causes(court.time_ns)
    court.show(finding(), ticks=100)
    assert court.arbiter.causes(court.time_ns)[0] is not first[0]
    assert court.arbiter.causes(court.time_ns)[0].since_ns == first[0].since_ns


REACTIONS = {
    'slow': Reaction(permit=Permit.SLOW),
    'late slow': Reaction(permit=Permit.SLOW, trip_after_ns=50 * MS, clear_after_ns=70 * MS),
    'hold': Reaction(permit=Permit.HOLD, escalate_after_ns=200 * MS),
    'kept hold': Reaction(permit=Permit.HOLD, clear=Clear.ON_RESET),
    'stop': Reaction(),
    'late stop': Reaction(trip_after_ns=60 * MS),
}


@given(st.lists(st.tuples(
    st.sets(st.sampled_from(sorted(REACTIONS))), st.integers(1, 30), st.booleans(),
    st.sampled_from([(), ('left',), ARMS])), max_size=25))
def test_permits_are_never_better_than_what_is_there_and_stops_end_by_reset_only(
    steps: list[tuple[set[str], int, bool, tuple[str, ...]]]
) -> None:
    court = Court()
    was_stopped = False
    for names, ticks, is_reset, deaf in steps:
        if is_reset:
            try:
                court.arbiter.reset(court.time_ns)
                was_stopped = False
            except Refused:
                assert court.arbiter.is_latched
        shown = [Finding(id=name, arms=ARMS, reaction=REACTIONS[name], detail='',
                         speed_scale=0.5) for name in names]
        for _ in range(ticks):
            worst = court.show(*shown, deaf=deaf)
            at_once = [f.reaction.permit for f in shown if not f.reaction.trip_after_ns]
            assert worst <= min(at_once, default=Permit.RUN)
            assert not (deaf and at_once) or worst is Permit.STOP
            assert worst is Permit.STOP or not was_stopped
            assert worst is not Permit.STOP or court.arbiter.is_latched
            was_stopped = worst is Permit.STOP
            causes = court.arbiter.causes(court.time_ns)
            assert min((c.permit for c in causes), default=Permit.RUN) is worst
            assert {c.id for c in causes if c.active} <= names
