# SPDX-License-Identifier: Apache-2.0
"""One arm moves only while all it needs is present, and stops by itself otherwise."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.measurement import Measurement
from rho_core.motion.mode import ArmMode
from rho_core.motion.settings import MotionSettings
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import MS
from rho_core.motion.testing import PERIOD_NS
from rho_core.motion.testing import Bench
from rho_core.motion.testing import S
from rho_core.motion.testing import trajectory
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

MOVE = [[0.05 * i, 0.02] for i in range(11)]


def idle() -> Bench:
    bench = Bench()
    bench.tick()
    bench.tick()
    assert bench.arm.mode is ArmMode.IDLE
    return bench


def moving(seconds: float = 0.5) -> Bench:
    bench = idle()
    assert bench.submit(MOVE)
    bench.run(seconds)
    assert bench.arm.mode is ArmMode.MOVING
    return bench


def speed(bench: Bench) -> float:
    return abs(bench.commands[-1][0] - bench.commands[-2][0]) / (PERIOD_NS / S)


def run_until_rest(bench: Bench, **inputs: object) -> int:
    ticks = 0
    while not bench.arm.is_at_rest:
        bench.tick(**inputs)
        ticks += 1
        assert ticks * PERIOD_NS / S <= bench.arm.longest_stop_s
    return ticks


def test_nothing_is_commanded_before_a_measurement() -> None:
    bench = Bench()
    for _ in range(5):
        assert bench.tick(measured=None) is None
    assert bench.arm.mode is ArmMode.UNCONFIGURED
    assert bench.arm.reason == 'joint states: none received'


def test_stale_and_broken_measurements_do_not_start_an_arm() -> None:
    bench = Bench()
    stale = replace(bench.measurement(), stamp_ns=bench.now_ns - 200 * MS)
    assert bench.tick(measured=stale) is None
    assert bench.tick(measured=replace(bench.measurement(), positions=(math.nan, 0.0))) is None
    assert bench.tick(measured=replace(bench.measurement(), positions=(0.0,))) is None
    bench.position = (2.5, 0.02)
    assert bench.tick() is None
    assert 'turn is at 2.5000, allowed -2.0000 to 2.0000' in bench.arm.reason


def test_an_arm_that_is_lost_stops_at_once_and_says_why() -> None:
    bench = moving()
    bench.tick(measured=None, problem='mock: connection lost')
    assert bench.arm.mode is ArmMode.STOPPING
    assert bench.arm.reason == 'mock: connection lost'
    run_until_rest(bench, measured=None, problem='mock: connection lost')
    assert bench.arm.mode is ArmMode.STOPPED
    assert not bench.violations()


def test_a_problem_alone_stops_nothing_while_the_measurement_is_fresh() -> None:
    bench = moving()
    bench.tick(problem='joint states: the same stamp again')
    assert bench.arm.mode is ArmMode.MOVING
    old = bench.measurement()
    bench.run(0.12, measured=old, problem='joint states: the same stamp again')
    assert 'allowed 100 ms; joint states: the same stamp again' in bench.arm.reason


def test_the_first_command_is_the_measurement() -> None:
    bench = Bench(position=(0.7, 0.03))
    assert bench.tick() == (0.7, 0.03)


def test_a_gripper_that_measures_a_hair_below_zero_starts_at_zero() -> None:
    assert Bench(position=(0.0, -1e-4)).tick() == (0.0, 0.0)


def test_later_measurements_do_not_move_the_command() -> None:
    bench = idle()
    for offset in (0.1, -0.2, 0.3):
        measured = replace(bench.measurement(), positions=(offset, 0.02))
        assert bench.tick(measured=measured) == (0.0, 0.02)


def test_it_waits_for_a_permit_and_says_so() -> None:
    bench = Bench()
    bench.run(0.1, permit=None)
    assert bench.arm.mode is ArmMode.STOPPED
    assert bench.arm.reason == 'permit: none received'
    assert not bench.submit(MOVE)


def test_a_trajectory_is_followed_to_its_end_within_the_limits() -> None:
    bench = idle()
    assert bench.submit(MOVE)
    bench.run(3.0)
    assert bench.arm.mode is ArmMode.IDLE
    assert bench.arm.reason == 'trajectory ended'
    np.testing.assert_allclose(bench.commands[-1], MOVE[-1], atol=1e-5)
    assert not bench.violations()


def test_speed_ramps_up_after_the_start() -> None:
    bench = idle()
    bench.submit([[0.1 * i, 0.02] for i in range(11)])
    bench.run(0.03)
    assert speed(bench) < 0.15


def test_chunks_that_replace_each_other_make_one_smooth_motion() -> None:
    bench = idle()
    wave = [0.0]
    worst = 0.0
    for k in range(150):
        time_s = 0.02 * k
        rows = [[0.3 * (1 - math.cos(1.5 * (time_s + 0.1 * (i + 1)))), 0.02] for i in range(10)]
        assert bench.submit(rows, lead_ms=100)
        bench.run(0.02)
        wave.append(0.3 * (1 - math.cos(1.5 * (time_s + 0.02))))
        if k > 50:
            worst = max(worst, abs(bench.position[0] - wave[-1]))
    assert worst < 0.02
    assert not bench.violations()


def test_refusals_leave_the_active_trajectory_and_are_counted() -> None:
    bench = moving()
    assert not bench.submit([[9.0, 0.02]])
    report = bench.arm.report(arm='left', now_ns=bench.now_ns)
    assert report.mode is ArmMode.MOVING
    assert (report.accepted, report.refused) == (1, 1)
    assert report.last_refusal.startswith('positions: 9.0000 in turn at point 0')
    bench.run(2.0)
    np.testing.assert_allclose(bench.position, MOVE[-1], atol=1e-5)


def test_replayed_and_reordered_trajectories_are_refused() -> None:
    bench = idle()
    first = trajectory(bench.now_ns, MOVE)
    bench.arm.submit(first, bench.now_ns, bench.steady_ns)
    bench.tick()
    for late in (first, replace(first, start_ns=first.start_ns - MS)):
        with pytest.raises(Refused, match='before the newest'):
            bench.arm.submit(late, bench.now_ns, bench.steady_ns)


@pytest.mark.parametrize('inputs', [
    {'permit': None}, {'permit': Permit.STOP}, {'measured': None},
])
def test_whatever_is_missing_stops_the_arm_within_the_limits(inputs: dict[str, object]) -> None:
    bench = moving()
    before = speed(bench)
    bench.tick(**inputs)
    assert bench.arm.mode is ArmMode.STOPPING
    assert speed(bench) < before
    ticks = run_until_rest(bench, **inputs)
    assert bench.arm.mode is ArmMode.STOPPED
    # From v along a straight line: sqrt(4.5 v / J), and a tick.
    assert ticks * PERIOD_NS / S <= math.sqrt(4.5 * before / LIMITS.jerk[0]) + 0.002
    assert not bench.violations()


def test_inputs_that_are_too_old_stop_the_arm() -> None:
    for field in ('stamp_ns', 'received_ns'):
        for problem in ('permit: 52 ms old', 'joint states: 102 ms old'):
            bench = moving()
            permit, measured = bench.permit(), bench.measurement()
            for _ in range(100):
                fresh_permit = replace(bench.permit(), **{field: getattr(permit, field)})
                fresh = replace(measured, stamp_ns=bench.now_ns, received_ns=bench.steady_ns)
                if problem.startswith('permit'):
                    bench.tick(permit=fresh_permit)
                else:
                    bench.tick(measured=replace(
                        fresh, positions=bench.position, **{field: getattr(measured, field)}))
                if bench.arm.mode is not ArmMode.MOVING:
                    break
            assert bench.arm.mode is ArmMode.STOPPING
            assert bench.arm.reason.startswith(problem)


def test_a_stop_holds_the_last_command_and_stays() -> None:
    bench = moving()
    run_until_rest(bench, permit=None)
    held = bench.commands[-1]
    bench.run(0.5)
    assert bench.arm.mode is ArmMode.STOPPED
    assert 'call safety/reset' in bench.arm.reason
    assert not bench.submit(MOVE)
    assert set(bench.commands[-200:]) == {held}


def test_after_a_reset_only_a_newer_trajectory_moves_the_arm() -> None:
    bench = moving()
    old = trajectory(bench.now_ns + 10 * MS, MOVE)
    bench.epoch += 1
    run_until_rest(bench, permit=Permit.STOP)
    bench.epoch += 1
    bench.tick()
    assert bench.arm.mode is ArmMode.IDLE
    held = bench.commands[-1]
    with pytest.raises(Refused, match='stamp'):
        bench.arm.submit(old, bench.now_ns, bench.steady_ns)
    bench.run(0.1)
    assert set(bench.commands[-50:]) == {held}
    assert bench.submit([[held[0], 0.02], [held[0] + 0.05, 0.02]])
    bench.run(1.0)
    assert bench.position[0] == pytest.approx(held[0] + 0.05, abs=1e-5)
    assert not bench.violations()


def test_a_stop_tells_the_epoch_that_it_belongs_to() -> None:
    bench = moving()
    bench.tick(permit=None)
    assert (bench.arm.mode, bench.arm.is_latched) == (ArmMode.STOPPING, True)
    assert bench.arm.stop_epoch == bench.epoch


def test_the_epoch_of_the_stop_itself_does_not_release() -> None:
    bench = moving()
    bench.epoch += 1
    run_until_rest(bench, permit=Permit.STOP)
    bench.run(0.1)
    assert bench.arm.mode is ArmMode.STOPPED


def test_hold_stops_without_a_latch() -> None:
    bench = moving()
    run_until_rest(bench, permit=Permit.HOLD)
    assert bench.arm.mode is ArmMode.IDLE
    assert not bench.submit(MOVE)
    bench.tick(permit=Permit.HOLD)
    assert not bench.submit(MOVE)
    bench.tick()
    assert bench.submit([[bench.position[0], 0.02]])
    assert not bench.violations()


def test_slow_scales_the_speed() -> None:
    bench = idle()
    bench.submit([[0.1 * i, 0.02] for i in range(11)])
    slow = {'permit': None}
    for _ in range(1200):
        slow['permit'] = bench.permit(Permit.SLOW, 0.25)
        bench.tick(permit=replace(slow['permit'], stamp_ns=bench.now_ns + PERIOD_NS,
                                  received_ns=bench.steady_ns + PERIOD_NS))
    assert speed(bench) == pytest.approx(0.25, rel=0.1)
    assert not bench.violations()


def test_rest_stops_along_the_path_without_a_latch() -> None:
    bench = moving()
    before = bench.arm.commanded
    bench.arm.rest('canceled')
    bench.run(1.5)
    assert (bench.arm.mode, bench.arm.reason, bench.arm.is_complete) == (
        ArmMode.IDLE, 'canceled', False)
    steps = [later[0] - earlier[0] for earlier, later in pairwise(bench.commands)]
    assert min(steps) >= -1e-8
    assert bench.arm.commanded[0] > before[0]
    assert not bench.violations()
    assert bench.submit([bench.arm.commanded])


def test_a_trajectory_that_was_followed_to_its_end_is_complete() -> None:
    bench = moving()
    assert not bench.arm.is_complete
    bench.run(3.0)
    assert bench.arm.is_complete


def test_stamps_of_different_sources_are_not_compared() -> None:
    bench = moving()
    early = trajectory(bench.now_ns, [bench.arm.commanded])
    assert bench.submit([bench.arm.commanded], lead_ms=100.0)
    with pytest.raises(Refused, match='before the newest'):
        bench.arm.submit(early, bench.now_ns, bench.steady_ns)
    bench.arm.submit(early, bench.now_ns, bench.steady_ns, source='operator')
    assert bench.arm.report(arm='left', now_ns=bench.now_ns).source == 'operator'


def test_an_arm_that_does_not_follow_is_stopped() -> None:
    bench = moving()
    off = replace(bench.measurement(), positions=(bench.position[0] - 0.6, 0.02),
                  stamp_ns=bench.now_ns + PERIOD_NS, received_ns=bench.steady_ns + PERIOD_NS)
    bench.tick(measured=off)
    assert bench.arm.mode is ArmMode.STOPPING
    assert bench.arm.reason.startswith('tracking: turn is at')


@pytest.mark.parametrize('step_s', [-3600, -0.2, 0.2, 3600])
def test_a_step_of_the_ros_clock_stops_and_never_moves(step_s: float) -> None:
    bench = moving()
    bench.now_ns += round(step_s * S)
    bench.tick()
    assert bench.arm.mode is ArmMode.STOPPING
    assert bench.arm.reason.startswith('clock: ROS time jumped')
    run_until_rest(bench)
    assert not bench.violations()


def test_a_stalled_loop_leaves_the_command_where_it_was() -> None:
    bench = moving()
    held = bench.commands[-1]
    bench.tick(period_ns=500 * MS)
    bench.run(0.1)
    assert bench.arm.mode is ArmMode.STOPPED
    assert set(bench.commands[-51:]) == {held}


def test_halt_ends_all_motion_for_good() -> None:
    bench = moving()
    bench.arm.halt('deactivated')
    run_until_rest(bench)
    bench.epoch += 1
    bench.run(0.1)
    assert bench.arm.mode is ArmMode.STOPPED
    assert bench.arm.reason == 'deactivated'
    assert not bench.violations()


def test_report_tells_what_is_known() -> None:
    bench = Bench()
    early = bench.arm.report(arm='left', now_ns=bench.now_ns)
    assert (early.commanded, early.error, early.source) == ((), (), '')
    assert math.isnan(early.permit_age_ms)
    assert (early.latched, early.stop_epoch) == (False, 0)
    bench = moving()
    bench.run(0.1, measured=True)
    report = bench.arm.report(arm='left', now_ns=bench.now_ns + 3 * MS, cycles=7, missed_cycles=1)
    assert report.time_scale == 1.0
    assert not report.latched
    assert report.source == 'policy'
    assert report.permit_age_ms == pytest.approx(3.0)
    assert report.command_age_ms == pytest.approx(603.0)
    assert report.commanded == bench.commands[-1]
    assert (report.cycles, report.missed_cycles, report.reason) == (7, 1, '')


def test_senseless_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match='2 positive numbers'):
        MotionSettings(limits=LIMITS, tracking_limits=(1.0,))
    with pytest.raises(ConfigError, match='positive'):
        MotionSettings(limits=LIMITS, tracking_limits=(1.0, 1.0), period_ns=0)
    with pytest.raises(Refused, match='speed scale'):
        ArmPermit(permit=Permit.SLOW, speed_scale=math.nan, epoch=1, stamp_ns=0, received_ns=0)
    assert Measurement(stamp_ns=0, received_ns=0, positions=()).positions == ()


@pytest.mark.parametrize('permit', [Permit.STOP, Permit.HOLD])
def test_a_stop_takes_as_long_as_the_watchdog_asks(permit: Permit) -> None:
    bench = moving()
    ticks = 0
    while not bench.arm.is_at_rest:
        asked = replace(bench.permit(permit), stamp_ns=bench.now_ns + PERIOD_NS,
                        received_ns=bench.steady_ns + PERIOD_NS, stop_time_s=0.4)
        bench.tick(permit=asked)
        ticks += 1
    assert ticks * PERIOD_NS / S == pytest.approx(0.4, abs=0.01)
    assert not bench.violations()


def test_an_arm_that_loses_its_permits_stops_as_it_was_last_asked_to() -> None:
    bench = moving()
    last = replace(bench.permit(), stop_time_s=0.3)
    while bench.arm.mode is ArmMode.MOVING:
        bench.tick(permit=last)
    assert bench.arm.reason.startswith('permit: ')
    ticks = run_until_rest(bench, permit=last)
    assert ticks * PERIOD_NS / S == pytest.approx(0.3, abs=0.01)


def test_the_reported_stop_time_holds_for_a_stop_soon_after() -> None:
    bench = moving()
    reported_s = bench.arm.stop_time_s
    bench.run(0.04)
    assert run_until_rest(bench, permit=Permit.STOP) * PERIOD_NS / S <= reported_s + 0.006
    assert bench.arm.stop_time_s == 0.0


def test_rest_on_request_keeps_the_arm_ready() -> None:
    bench = moving()
    bench.arm.rest('goal canceled')
    assert bench.arm.reason == 'goal canceled'
    before = bench.position[0]
    run_until_rest(bench)
    assert bench.arm.mode is ArmMode.IDLE
    assert bench.position[0] > before
    assert bench.submit([[bench.position[0], 0.02]])


def test_a_negative_or_endless_stop_time_is_refused() -> None:
    bench = idle()
    for bad in (-0.1, math.inf, math.nan):
        with pytest.raises(Refused, match='stop time >= 0'):
            replace(bench.permit(), stop_time_s=bad)
