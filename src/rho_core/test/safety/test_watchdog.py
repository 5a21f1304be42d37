# SPDX-License-Identifier: Apache-2.0
"""The watchdog starts latched, latches what it sees, and is reset only when all is well."""

import math
from dataclasses import replace

import pytest

from rho_core.errors import Refused
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.safety.permit import Permit
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.reaction import Clear
from rho_core.safety.reaction import Reaction
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.testing import ARMS
from rho_core.safety.testing import FIRST_EPOCH
from rho_core.safety.testing import FREE
from rho_core.safety.testing import MS
from rho_core.safety.testing import RULES
from rho_core.safety.testing import SENSORS
from rho_core.safety.testing import Bench
from rho_core.safety.testing import cause_ids


def reacting(**reactions: Reaction) -> tuple[StreamRule, ...]:
    """Return the streams with other reactions, by name with `_` for `.`."""
    return tuple(
        replace(rule, reaction=reactions.get(rule.name.replace('.', '_'), rule.reaction))
        for rule in RULES.streams)


def test_it_starts_latched_with_each_stream_lost() -> None:
    decision = Bench().tick(without=SENSORS)
    assert decision.latched
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert cause_ids(decision) == {'start', *(f'{name}.never' for name in SENSORS)}


def test_reset_before_the_first_decision_is_refused() -> None:
    bench = Bench()
    with pytest.raises(Refused, match='no decision'):
        bench.dog.reset(bench.steady)


@pytest.mark.parametrize('name', [name for name in SENSORS if name != 'tactile.left_a'])
def test_reset_is_refused_with_the_missing_stream_named(name: str) -> None:
    bench = Bench()
    bench.tick(140, without=[name])
    with pytest.raises(Refused) as caught:
        bench.dog.reset(bench.steady)
    assert str(caught.value) == f'reset refused: {name}.never (nothing received yet)'
    assert bench.tick(without=[name]).latched


def test_reset_is_refused_for_half_a_second_after_the_last_cause() -> None:
    bench = Bench().arm()
    bench.tick(10, without=['joint_states'])
    bench.tick(30)
    with pytest.raises(Refused, match=r'joint_states\.late was there 0\.2 s ago, wait 0\.5 s'):
        bench.dog.reset(bench.steady)
    bench.tick(40)
    bench.dog.reset(bench.steady)
    assert bench.tick().permits == (Permit.RUN, Permit.RUN)


def test_a_stream_that_ceases_stops_all_arms_and_stays_latched() -> None:
    bench = Bench().arm()
    assert bench.tick(6, without=['joint_states']).mode is Permit.RUN
    decision = bench.tick(1, without=['joint_states'])
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert decision.latched
    assert [(c.id, c.active) for c in decision.causes] == [('joint_states.late', True)]
    decision = bench.tick(200)
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert [(c.id, c.active) for c in decision.causes] == [('joint_states.late', False)]


def test_an_uncoupled_fault_restrains_its_own_arm_only() -> None:
    bench = Bench(is_coupled=False).arm()
    assert bench.tick(20, without=['tactile.left_a']).permits == (Permit.HOLD, Permit.RUN)
    bench.tick(140)
    assert bench.tick(20, without=['controller.right']).permits == (Permit.RUN, Permit.STOP)
    assert bench.tick(20, without=['joint_states']).permits == (Permit.STOP, Permit.STOP)


def test_each_stop_and_each_reset_has_an_epoch_of_its_own() -> None:
    bench = Bench()
    first = bench.tick().epoch
    bench.arm()
    armed = bench.tick().epoch
    stopped = bench.tick(10, without=['joint_states']).epoch
    bench.tick(80)
    bench.dog.reset(bench.steady)
    again = bench.tick().epoch
    assert first < armed < stopped < again
    assert bench.tick(50).epoch == again


def test_the_stop_of_one_arm_does_not_free_another_by_a_new_epoch() -> None:
    bench = Bench(is_coupled=False).arm()
    before = bench.tick().epoch
    decision = bench.tick(20, without=['controller.left'])
    assert decision.permits == (Permit.STOP, Permit.RUN)
    assert decision.epoch == before
    assert bench.tick(20, without=['controller.right']).epoch == before + 1


def test_hold_and_slow_end_with_their_fault() -> None:
    streams = reacting(camera_front=Reaction(permit=Permit.SLOW, speed_scale=0.3),
                       joint_states=Reaction(permit=Permit.HOLD))
    bench = Bench(streams=streams).arm()
    slow = bench.tick(15, without=['camera.front'])
    assert (slow.mode, slow.latched, slow.speed_scales) == (Permit.SLOW, False, (0.3, 0.3))
    hold = bench.tick(10, without=['camera.front', 'joint_states'])
    assert (hold.mode, hold.speed_scales) == (Permit.HOLD, (0.0, 0.0))
    bench.tick(200)
    assert bench.tick().mode is Permit.RUN


def test_hold_may_wait_for_a_reset() -> None:
    streams = reacting(joint_states=Reaction(permit=Permit.HOLD, clear=Clear.ON_RESET))
    bench = Bench(streams=streams).arm()
    bench.tick(10, without=['joint_states'])
    decision = bench.tick(100)
    assert (decision.mode, decision.latched) == (Permit.HOLD, True)
    bench.dog.reset(bench.steady)
    assert bench.tick().mode is Permit.RUN


def test_a_cause_that_never_ends_refuses_every_reset() -> None:
    streams = reacting(joint_states=Reaction(clear=Clear.NEVER))
    bench = Bench(streams=streams).arm()
    bench.tick(10, without=['joint_states'])
    bench.tick(500)
    with pytest.raises(Refused, match='repair it and start the watchdog anew'):
        bench.dog.reset(bench.steady)


def test_operator_stop_is_latched() -> None:
    bench = Bench().arm()
    bench.dog.stop(bench.now, bench.steady)
    assert bench.dog.is_latched
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert cause_ids(decision) == {'operator.stop'}
    with pytest.raises(Refused, match=r'operator\.stop was there'):
        bench.dog.reset(bench.steady)


def test_the_emergency_stop_stops_all_arms_even_uncoupled() -> None:
    bench = Bench(is_coupled=False).arm()
    bench.values['estop'] = True
    decision = bench.tick()
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert cause_ids(decision) == {'estop.pressed'}
    bench.tick(100)
    with pytest.raises(Refused, match=r'estop\.pressed \(the emergency stop is pressed\)'):
        bench.dog.reset(bench.steady)
    bench.values['estop'] = False
    bench.tick(80)
    bench.dog.reset(bench.steady)
    assert bench.tick().mode is Permit.RUN


def test_an_emergency_stop_that_is_silent_counts() -> None:
    bench = Bench().arm()
    assert cause_ids(bench.tick(15, without=['estop'])) == {'estop.late'}


def test_a_controller_that_stops_its_arm_stops_the_coupled_one_too() -> None:
    bench = Bench().arm()
    bench.values['controller.left'] = replace(FREE, is_latched=True, stop_epoch=bench.dog.epoch)
    decision = bench.tick()
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert cause_ids(decision) == {'controller.left.stopped'}


def test_an_arm_that_does_what_the_watchdog_says_is_no_cause_and_can_be_reset() -> None:
    bench = Bench().arm()
    bench.dog.stop(bench.now, bench.steady)
    bench.tick()
    for arm in ARMS:
        bench.values[f'controller.{arm}'] = replace(
            FREE, is_latched=True, stop_epoch=bench.dog.epoch)
    assert cause_ids(bench.tick(80)) == {'operator.stop'}
    bench.dog.reset(bench.steady)
    # The controllers learn of the reset a little later.
    assert bench.tick(5).mode is Permit.RUN
    bench.values['controller.left'] = replace(FREE, is_latched=True, stop_epoch=bench.dog.epoch)
    assert bench.tick().mode is Permit.STOP


def test_a_frozen_camera_is_a_cause_while_an_arm_moves() -> None:
    bench = Bench().arm()
    bench.content = 7
    assert bench.tick(25).mode is Permit.RUN
    assert cause_ids(bench.tick(3)) == {'camera.front.frozen'}


def test_an_unchanged_image_of_arms_at_rest_is_none() -> None:
    bench = Bench().arm()
    for arm in ARMS:
        bench.values[f'controller.{arm}'] = replace(FREE, speed=0.0)
    bench.content = 7
    assert bench.tick(200).mode is Permit.RUN


def test_a_speed_that_is_no_number_counts_as_motion() -> None:
    bench = Bench().arm()
    for arm in ARMS:
        bench.values[f'controller.{arm}'] = replace(FREE, speed=math.nan)
    bench.content = 7
    assert cause_ids(bench.tick(30)) == {'camera.front.frozen'}


def test_touch_slows_and_then_stops() -> None:
    bench = Bench().arm()
    bench.values['tactile.left_a'] = (6.0,)
    decision = bench.tick()
    assert (decision.mode, decision.speed_scales) == (Permit.SLOW, (0.25, 0.25))
    assert cause_ids(decision) == {'tactile.left_a.touch.load'}
    bench.values['tactile.left_a'] = (11.0,)
    # The stream's own reaction: it says HOLD.
    assert cause_ids(bench.tick()) == {'tactile.left_a.touch.overload'}
    assert bench.tick().mode is Permit.HOLD


def test_geometry_slows_coupled_arms_by_one_scale() -> None:
    bench = Bench().arm()
    bench.values['geometry'] = GeometryStatus(
        arms=ARMS, speed_scales=(0.4, 1.0), blocked=(False, False), detail='a - b 0.03 m')
    decision = bench.tick()
    assert (decision.mode, decision.speed_scales) == (Permit.SLOW, (0.4, 0.4))
    assert [(c.id, c.detail) for c in decision.causes] == [('geometry.left.near', 'a - b 0.03 m')]


def test_geometry_slows_each_uncoupled_arm_by_its_own_scale() -> None:
    bench = Bench(is_coupled=False).arm()
    bench.values['geometry'] = GeometryStatus(
        arms=ARMS, speed_scales=(0.4, 0.7), blocked=(False, False))
    assert bench.tick().speed_scales == (0.4, 0.7)
    bench.values['geometry'] = GeometryStatus(
        arms=ARMS, speed_scales=(0.0, 1.0), blocked=(True, False))
    assert bench.tick().permits == (Permit.STOP, Permit.RUN)


def test_to_go_at_no_speed_is_to_hold() -> None:
    bench = Bench().arm()
    bench.values['geometry'] = GeometryStatus(
        arms=ARMS, speed_scales=(0.0, 1.0), blocked=(False, False))
    decision = bench.tick()
    assert (decision.mode, decision.latched) == (Permit.HOLD, False)


def test_what_nobody_hears_falls_through_to_stop() -> None:
    streams = reacting(controller_left=Reaction(permit=Permit.SLOW))
    bench = Bench(streams=streams).arm()
    decision = bench.tick(10, without=['controller.left'])
    assert (decision.mode, decision.latched) == (Permit.STOP, True)
    assert cause_ids(decision) == {'controller.left.late'}


def test_trajectories_apart_in_time_are_a_cause() -> None:
    bench = Bench().arm()
    bench.tick(3, commands=ARMS)
    bench.tick(5, commands=['left'])
    assert cause_ids(bench.tick(commands=['left'])) == {'command.skew'}


def test_coupled_arms_stop_in_the_longest_time_and_it_stays_while_they_do() -> None:
    bench = Bench().arm()
    bench.values['controller.right'] = replace(FREE, stop_time_s=0.7)
    assert bench.tick().stop_times_s == (0.7, 0.7)
    bench.dog.stop(bench.now, bench.steady)
    bench.tick()
    bench.values['controller.right'] = FREE
    assert bench.tick(100).stop_times_s == (0.7, 0.7)
    bench.dog.reset(bench.steady)
    assert bench.tick().stop_times_s == (0.3, 0.3)


def test_trajectories_are_demanded_from_the_first_one_on() -> None:
    bench = Bench().arm()
    assert bench.tick(100).mode is Permit.RUN
    bench.tick(3, commands=ARMS, running=True)
    assert bench.tick(18).mode is Permit.RUN
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert cause_ids(decision) == {'command.left.late', 'command.right.late'}


def test_the_word_that_it_runs_is_a_demand_by_itself() -> None:
    bench = Bench().arm()
    bench.tick(running=False)
    bench.tick(running=True)
    assert bench.tick(18).mode is Permit.RUN
    decision = bench.tick()
    assert decision.mode is Permit.STOP
    assert cause_ids(decision) == {'command.left.never', 'command.right.never'}


def test_a_first_trajectory_together_with_the_word_is_watched() -> None:
    bench = Bench().arm()
    bench.tick(running=False)
    bench.tick(commands=ARMS, running=True)
    assert cause_ids(bench.tick(25)) == {'command.left.late', 'command.right.late'}


def test_a_word_from_before_the_reset_is_no_demand() -> None:
    bench = Bench().arm()
    bench.tick(10, commands=ARMS, running=True)
    bench.tick(100)
    bench.dog.reset(bench.steady)
    old = PolicyActivity(stamp_ns=bench.now - 1, is_running=True)
    bench.dog.update(bench.now, bench.steady, (), old)
    assert bench.tick(100).mode is Permit.RUN


def test_an_arm_that_may_run_is_watched_while_an_uncoupled_one_is_stopped() -> None:
    bench = Bench(is_coupled=False).arm()
    bench.tick(10, commands=ARMS, running=True)
    decision = bench.tick(15, commands=ARMS, without=['controller.left'])
    assert decision.permits == (Permit.STOP, Permit.RUN)
    assert bench.tick(60, commands=['right']).permits == (Permit.STOP, Permit.RUN)
    decision = bench.tick(25)
    assert decision.permits == (Permit.STOP, Permit.STOP)
    assert cause_ids(decision) == {'controller.left.late', 'command.right.late'}


def test_after_a_reset_the_demand_begins_anew() -> None:
    bench = Bench().arm()
    bench.tick(10, commands=ARMS)
    bench.tick(30)
    bench.tick(80, commands=ARMS)
    bench.dog.reset(bench.steady)
    assert bench.tick(100).mode is Permit.RUN


@pytest.mark.parametrize('step_ms', [-3_600_000, 3_600_000, 150])
def test_a_step_of_the_ros_clock_stops(step_ms: int) -> None:
    bench = Bench().arm()
    bench.now += step_ms * MS
    assert 'clock.jump' in cause_ids(bench.tick())


def test_its_own_stall_is_a_stop_because_controllers_stopped_too() -> None:
    bench = Bench().arm()
    bench.now += 60 * MS
    bench.steady += 60 * MS
    assert 'watchdog.stall' in cause_ids(bench.tick())


def test_a_stamp_from_the_future_is_a_cause() -> None:
    bench = Bench().arm()
    bench.now -= 90 * MS
    assert 'joint_states.future' in cause_ids(bench.tick(without=['joint_states']))


def test_a_watchdog_of_one_arm_without_controllers_works() -> None:
    rules = WatchdogRules(arms=('only',), streams=(StreamRule(name='x', deadline_ns=50 * MS),))
    bench = Bench()
    bench.dog = type(bench.dog)(rules, first_epoch=FIRST_EPOCH)
    seen = replace(bench.observation('joint_states'), stream='x')
    assert bench.dog.update(bench.now, bench.steady, [seen]).permits == (Permit.STOP,)
    bench.dog.reset(bench.steady)
    decision = bench.dog.update(bench.now, bench.steady, [seen])
    assert (decision.permits, decision.stop_times_s) == ((Permit.RUN,), (0.0,))
