# SPDX-License-Identifier: Apache-2.0
"""The watchdog starts latched, latches what it sees, and is reset only when all is well."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.reaction import Reaction
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.observation import Observation

MS = 1_000_000
TICK = 8 * MS
STREAMS = ('joint_states', 'camera.front')
ARMS = ('left', 'right')


class Bench:
    """A watchdog of two arms whose streams deliver in each tick, except those that a test says."""

    def __init__(self, *, is_coupled: bool = True, **streams: Permit) -> None:
        rules = WatchdogRules(
            arms=ARMS,
            streams=(
                *(StreamRule(name=name, deadline_ns=50 * MS,
                             reaction=Reaction(
                                 permit=streams.get(name.replace('.', '_'), Permit.STOP)))
                  for name in STREAMS),
                StreamRule(name='tactile.left_a', deadline_ns=100 * MS, arms=('left',)),
                *(StreamRule(name=f'command.{arm}', deadline_ns=150 * MS, arms=(arm,),
                             role=StreamRole.COMMAND, max_lead_ns=300 * MS) for arm in ARMS),
            ),
            is_coupled=is_coupled,
        )
        self.dog = Watchdog(rules, first_epoch=10)
        self.now = 1_000_000 * MS
        self.steady = 5_000 * MS

    def tick(
        self,
        count: int = 1,
        *,
        without: Iterable[str] = (),
        commands: Iterable[str] = (),
        running: bool | None = None,
    ) -> SafetyDecision:
        for _ in range(count):
            self.now += TICK
            self.steady += TICK
            names = [n for n in (*STREAMS, 'tactile.left_a') if n not in without]
            names += [f'command.{arm}' for arm in commands]
            seen = [Observation(stream=n, stamp_ns=self.now, received_ns=self.steady)
                    for n in names]
            policy = (None if running is None
                      else PolicyActivity(stamp_ns=self.now + 1, is_running=running))
            decision = self.dog.update(self.now, self.steady, seen, policy)
        return decision

    def armed(self) -> 'Bench':
        self.tick(80)
        self.dog.reset(self.steady)
        assert self.tick().mode is Permit.RUN
        return self


def ids(decision: SafetyDecision) -> set[str]:
    return {cause.id for cause in decision.causes}


def test_it_starts_latched_with_each_stream_lost() -> None:
    decision = Bench().tick(without=(*STREAMS, 'tactile.left_a'))
    assert decision.latched
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert ids(decision) == {'start', 'joint_states.never', 'camera.front.never',
                             'tactile.left_a.never'}


def test_reset_before_the_first_decision_is_refused() -> None:
    bench = Bench()
    with pytest.raises(Refused, match='no decision'):
        bench.dog.reset(bench.steady)


def test_reset_is_refused_with_the_missing_streams_named() -> None:
    bench = Bench()
    bench.tick(100, without=['camera.front'])
    with pytest.raises(Refused, match=r'camera\.front\.never \(nothing received yet\)') as caught:
        bench.dog.reset(bench.steady)
    assert 'joint_states' not in str(caught.value)
    assert bench.tick(without=['camera.front']).latched


def test_reset_is_refused_for_half_a_second_after_the_last_cause() -> None:
    bench = Bench().armed()
    bench.tick(10, without=['camera.front'])
    bench.tick(30)
    with pytest.raises(Refused, match=r'camera\.front\.late was there 0\.2 s ago, wait 0\.5 s'):
        bench.dog.reset(bench.steady)
    bench.tick(40)
    bench.dog.reset(bench.steady)
    assert bench.tick().permits == (Permit.RUN, Permit.RUN)


def test_a_stream_that_ceases_stops_all_arms_and_stays_latched() -> None:
    bench = Bench().armed()
    assert bench.tick(6, without=['joint_states']).mode is Permit.RUN
    decision = bench.tick(1, without=['joint_states'])
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert decision.latched
    assert [(c.id, c.active) for c in decision.causes] == [('joint_states.late', True)]
    decision = bench.tick(200)
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert [(c.id, c.active) for c in decision.causes] == [('joint_states.late', False)]


def test_an_uncoupled_fault_stops_its_own_arm_only() -> None:
    bench = Bench(is_coupled=False).armed()
    decision = bench.tick(20, without=['tactile.left_a'])
    assert decision.permits == (Permit.STOP, Permit.RUN)
    assert decision.permit_of('right') is Permit.RUN
    assert bench.tick(20, without=['joint_states']).permits == (Permit.STOP, Permit.STOP)


def test_each_stop_and_each_reset_has_an_epoch_of_its_own() -> None:
    bench = Bench()
    first = bench.tick().epoch
    bench.armed()
    armed = bench.tick().epoch
    stopped = bench.tick(10, without=['joint_states']).epoch
    bench.tick(80)
    bench.dog.reset(bench.steady)
    again = bench.tick().epoch
    assert first < armed < stopped < again
    assert bench.tick(50).epoch == again


def test_hold_and_slow_end_with_their_fault() -> None:
    bench = Bench(camera_front=Permit.SLOW, joint_states=Permit.HOLD).armed()
    slow = bench.tick(10, without=['camera.front'])
    assert (slow.mode, slow.latched, slow.speed_scales) == (Permit.SLOW, False, (0.25, 0.25))
    assert bench.tick(10, without=['camera.front', 'joint_states']).mode is Permit.HOLD
    assert bench.tick().mode is Permit.RUN


def test_operator_stop_is_latched() -> None:
    bench = Bench().armed()
    bench.dog.stop(bench.now, bench.steady)
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert ids(decision) == {'operator.stop'}
    with pytest.raises(Refused, match=r'operator\.stop was there'):
        bench.dog.reset(bench.steady)


def test_trajectories_are_demanded_from_the_first_one_on() -> None:
    bench = Bench().armed()
    assert bench.tick(100).mode is Permit.RUN
    bench.tick(3, commands=ARMS, running=True)
    assert bench.tick(18).mode is Permit.RUN
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert ids(decision) == {'command.left.late', 'command.right.late'}


def test_trajectories_for_one_arm_only_are_a_fault() -> None:
    bench = Bench().armed()
    assert bench.tick(15, commands=['left']).mode is Permit.RUN
    decision = bench.tick(10, commands=['left'])
    assert ids(decision) == {'command.right.never'}


def test_a_policy_that_rests_ends_the_demand() -> None:
    bench = Bench().armed()
    bench.tick(10, commands=ARMS, running=True)
    bench.tick(running=False)
    assert bench.tick(100).mode is Permit.RUN


def test_an_old_word_of_the_policy_does_not_end_the_demand() -> None:
    bench = Bench().armed()
    bench.tick(10, commands=ARMS)
    old = PolicyActivity(stamp_ns=bench.now - 1, is_running=False)
    bench.dog.update(bench.now, bench.steady, (), old)
    assert bench.tick(100).mode is Permit.STOP


def test_a_single_trajectory_of_somebody_else_is_no_promise_of_more() -> None:
    bench = Bench().armed()
    bench.tick(running=False)
    bench.tick(commands=ARMS)
    assert bench.tick(100).mode is Permit.RUN


def test_a_policy_that_runs_again_is_watched_again() -> None:
    bench = Bench().armed()
    bench.tick(running=False)
    bench.tick(commands=ARMS)
    bench.tick(commands=ARMS, running=True)
    bench.tick(commands=ARMS)
    assert bench.tick(25).mode is Permit.STOP


def test_the_word_that_it_runs_is_a_demand_by_itself() -> None:
    bench = Bench().armed()
    bench.tick(running=False)
    bench.tick(running=True)
    assert bench.tick(18).mode is Permit.RUN
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert ids(decision) == {'command.left.never', 'command.right.never'}


def test_a_first_trajectory_together_with_the_word_is_watched() -> None:
    bench = Bench().armed()
    bench.tick(running=False)
    bench.tick(commands=ARMS, running=True)
    assert ids(bench.tick(25)) == {'command.left.late', 'command.right.late'}


def test_a_word_from_before_the_reset_is_no_demand() -> None:
    bench = Bench().armed()
    bench.tick(10, commands=ARMS, running=True)
    bench.tick(100)
    bench.dog.reset(bench.steady)
    old = PolicyActivity(stamp_ns=bench.now - 1, is_running=True)
    bench.dog.update(bench.now, bench.steady, (), old)
    assert bench.tick(100).mode is Permit.RUN


def test_after_a_reset_the_demand_begins_anew() -> None:
    bench = Bench().armed()
    bench.tick(10, commands=ARMS)
    bench.tick(30)
    bench.tick(80, commands=ARMS)
    bench.dog.reset(bench.steady)
    assert bench.tick(100).mode is Permit.RUN


@pytest.mark.parametrize('step_ms', [-3_600_000, 3_600_000, 150])
def test_a_step_of_the_ros_clock_stops(step_ms: int) -> None:
    bench = Bench().armed()
    bench.now += step_ms * MS
    assert 'clock.jump' in ids(bench.tick())


def test_its_own_stall_is_a_stop_because_controllers_stopped_too() -> None:
    bench = Bench().armed()
    bench.now += 60 * MS
    bench.steady += 60 * MS
    assert 'watchdog.stall' in ids(bench.tick())


def test_a_stamp_from_the_future_is_a_cause() -> None:
    bench = Bench().armed()
    bench.now -= 90 * MS
    decision = bench.tick(without=STREAMS)
    assert 'joint_states.future' in ids(decision)


@given(st.lists(
    st.tuples(
        st.sets(st.sampled_from((*STREAMS, 'tactile.left_a'))),
        st.sets(st.sampled_from(ARMS)),
        st.sampled_from([None, True, False]),
        st.integers(1, 30),
        st.sampled_from(['', '', 'reset', 'stop']),
    ),
    max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_latch_ends_by_an_accepted_reset_only(
    steps: list[tuple[set[str], set[str], bool | None, int, str]]
) -> None:
    bench = Bench()
    was_latched = True
    for without, commands, running, count, action in steps:
        is_reset = False
        if action == 'stop':
            bench.dog.stop(bench.now, bench.steady)
            was_latched = True
        elif action == 'reset':
            try:
                bench.dog.reset(bench.steady)
                is_reset = True
            except Refused:
                pass
        for _ in range(count):
            decision = bench.tick(without=without, commands=commands, running=running)
            assert decision.latched or is_reset or not was_latched
            assert (decision.mode is Permit.STOP) == decision.latched
            assert not decision.latched or decision.causes
            was_latched = decision.latched
            is_reset = False


@pytest.mark.parametrize(('values', 'path'), [
    ({'arms': ()}, 'arms'),
    ({'arms': ('a', 'a')}, 'arms'),
    ({'streams': (StreamRule(name='x', deadline_ns=1),) * 2}, 'streams'),
    ({'streams': (StreamRule(name='x', deadline_ns=1, arms=('other',)),)}, 'streams.arms'),
    ({'quiet_ns': 0}, 'quiet_ns'),
    ({'moving_speed': 0.0}, 'moving_speed'),
])
def test_senseless_rules_are_refused_by_name(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        WatchdogRules(**{'arms': ARMS, 'streams': (), **values})
    assert caught.value.path == path


@pytest.mark.parametrize('values', [
    {'name': ''}, {'deadline_ns': 0}, {'max_lead_ns': -1},
])
def test_senseless_stream_rules_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match='expected'):
        StreamRule(**{'name': 'x', 'deadline_ns': 1, **values})


def test_a_decision_has_one_permit_per_arm() -> None:
    with pytest.raises(ConfigError, match='one permit and speed scale per arm'):
        SafetyDecision(stamp_ns=0, seq=0, epoch=0, latched=False, arms=ARMS,
                       permits=(Permit.RUN,), speed_scales=(1.0, 1.0))
