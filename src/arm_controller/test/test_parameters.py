# SPDX-License-Identifier: Apache-2.0
"""Parameters become the settings of the motion and the rules of the watchdog."""

from dataclasses import replace

import pytest

from arm_controller.controller_parameters import ControllerParameters
from arm_controller.watchdog_parameters import WatchdogParameters
from rho_core.errors import ConfigError
from rho_core.motion.command_source import CommandSource

ARM = ControllerParameters(
    arm='left', joint_names=('a', 'b'), lower_limits=(-1.0, 0.0), upper_limits=(1.0, 0.04),
    velocity_limits=(3.0, 0.15), acceleration_limits=(10.0, 1.5),
    jerk_limits=(200.0, 40.0))


def test_tracking_is_guarded_even_when_nobody_says_how() -> None:
    assert ARM.settings().tracking_limits == pytest.approx((0.9, 0.045))
    assert replace(ARM, tracking_limits=(0.2, 0.05)).settings().tracking_limits == (0.2, 0.05)


def test_times_become_nanoseconds() -> None:
    settings = replace(ARM, rate_hz=500.0, permit_timeout_ms=50.0).settings()
    assert (settings.period_ns, settings.permit_timeout_ns) == (2_000_000, 50_000_000)


def test_one_limit_per_joint() -> None:
    with pytest.raises(ConfigError, match='2 values, one per joint'):
        replace(ARM, velocity_limits=(1.0,)).settings()
    with pytest.raises(ConfigError, match='2 positive numbers'):
        replace(ARM, tracking_limits=(1.0,)).settings()


def test_limits_of_tracking_stand_in_for_tolerances() -> None:
    settings = ARM.settings()
    assert ARM.tolerances(settings).goal == pytest.approx((0.9, 0.045))
    own = replace(ARM, goal_tolerances=(0.1, 0.01), goal_time_tolerance_s=2.0)
    assert own.tolerances(settings).goal == (0.1, 0.01)
    assert own.tolerances(settings).path == pytest.approx((0.9, 0.045))
    assert own.tolerances(settings).settle_s == 2.0


def test_places_lie_within_the_limits() -> None:
    settings = ARM.settings()
    assert ARM.places(settings) == {'home': (), 'park': ()}
    with pytest.raises(ConfigError, match=r'^home_positions: b: expected 0\.0 to 0\.04, got 1'):
        replace(ARM, home_positions=(0.0, 1.0)).places(settings)


def test_each_source_has_a_time_of_its_own() -> None:
    hold_ns = replace(ARM, operator_hold_ms=2000.0).hold_ns()
    assert hold_ns == {CommandSource.ACTION: 500_000_000, CommandSource.OPERATOR: 2_000_000_000}


def test_without_geometry_no_path_is_judged_by_it() -> None:
    assert ARM.path_check() is None


STREAMS = """
streams:
  joint_states: {kind: joint_states, topic: joint_states, deadline_ms: 50.0}
  command.left:
    {kind: trajectory, topic: left/joint_trajectory, deadline_ms: 150.0, arms: [left]}
"""


def test_each_listed_stream_is_watched() -> None:
    rules = WatchdogParameters(arms=('left',), streams=STREAMS).rules()
    assert {rule.name: rule.deadline_ns // 1_000_000 for rule in rules.streams} == {
        'joint_states': 50, 'command.left': 150}


def test_a_watchdog_of_no_arms_is_refused() -> None:
    with pytest.raises(ConfigError, match='at least one'):
        WatchdogParameters(streams=STREAMS.replace(', arms: [left]', ', arms: [right]')).rules()


def test_a_watchdog_that_watches_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match='got nothing'):
        WatchdogParameters(arms=('left',)).rules()


def test_a_mistake_in_the_list_is_named_with_its_path() -> None:
    with pytest.raises(ConfigError, match=r'^streams\.joint_states\.deadlin_ms: unknown key'):
        WatchdogParameters(
            arms=('left',), streams=STREAMS.replace('deadline_ms: 50', 'deadlin_ms: 50')).rules()
