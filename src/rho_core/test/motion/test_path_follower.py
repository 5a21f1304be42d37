# SPDX-License-Identifier: Apache-2.0
"""One path after the other, with one time scale, and rest along the path."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rho_core.errors import Refused
from rho_core.motion.command_check import find_violations
from rho_core.motion.path_follower import PathFollower
from rho_core.motion.settings import MotionSettings
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import trajectory

PERIOD_S = 0.002
SETTINGS = MotionSettings(limits=LIMITS, tracking_limits=(0.5, 0.05), longest_stop_s=0.6)
LINE = trajectory(0, [[0.05 * i, 0.02] for i in range(31)])


class Refuser:
    """Refuses every path."""

    def parts(self, times_s: object, positions: object) -> Iterator[None]:
        yield
        raise Refused('path: too close')


def follower(**settings: object) -> PathFollower:
    made = PathFollower(replace(SETTINGS, **settings))
    made.limiter.reset([0.0, 0.02])
    return made


def run(made: PathFollower, seconds: float, target: float = 1.0, asked_s: float = 0.0,
        elapsed_s: float = PERIOD_S) -> list[tuple[float, ...]]:
    commands = []
    for _ in range(round(seconds / PERIOD_S)):
        made.step(elapsed_s, target, asked_s)
        commands.append(tuple(made.limiter.positions))
    return commands


def stop(made: PathFollower, asked_s: float = 0.0) -> float:
    """Seconds until rest."""
    made.begin_stop(asked_s)
    ticks = 0
    while not made.is_at_rest:
        made.step(PERIOD_S, 1.0, asked_s)
        ticks += 1
        assert ticks < 2000
    made.end_stop()
    return ticks * PERIOD_S


def test_a_path_is_followed_at_its_own_speed_after_the_ramp() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    run(made, 0.8)
    assert made.scale == 1.0
    assert made.limiter.velocities[0] == pytest.approx(0.5, abs=1e-6)
    assert made.limiter.positions[0] == pytest.approx(made.path_s * 0.5, abs=1e-6)


def test_the_end_of_a_path_is_told_once() -> None:
    made = follower()
    made.follow(trajectory(0, [[0.0, 0.02], [0.02, 0.02]]), 0.0, 1.0)
    ends = [made.step(PERIOD_S, 1.0, 0.0) for _ in range(800)]
    assert ends.count(True) == 1
    assert made.is_at_rest
    assert not made.is_following
    assert made.limiter.positions[0] == pytest.approx(0.02, abs=1e-5)


def test_a_stop_takes_what_the_limits_need_or_longer_if_asked() -> None:
    own = follower()
    own.follow(LINE, -0.1, 1.0)
    run(own, 0.8)
    needed_s = own.stop_time_s
    assert needed_s == pytest.approx(math.sqrt(4.5 * 0.5 / LIMITS.jerk[0]), rel=0.01)
    assert stop(own) == pytest.approx(needed_s, abs=0.006)
    for asked_s, expected_s in ((0.3, 0.3), (0.01, needed_s), (1e9, SETTINGS.longest_stop_s)):
        coupled = follower()
        coupled.follow(LINE, -0.1, 1.0)
        run(coupled, 0.8)
        assert stop(coupled, asked_s) == pytest.approx(expected_s, abs=0.006)


def test_a_stop_goes_through_half_its_time_of_the_path_and_no_step_back() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    run(made, 0.8)
    before_s, before = made.path_s, made.limiter.positions[0]
    stop(made, 0.4)
    assert made.path_s - before_s == pytest.approx(0.2, abs=0.002)
    assert made.limiter.positions[0] - before == pytest.approx(0.1, abs=0.001)


def test_after_a_stop_the_next_path_begins_slowly() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    run(made, 0.8)
    stop(made)
    assert made.scale == 0.0
    at = made.limiter.positions[0]
    made.follow(trajectory(0, [[at + 0.05 * i, 0.02] for i in range(10)]), -0.1, 1.0)
    run(made, 0.02)
    assert 0.0 < made.scale < 0.05


def test_a_path_from_rest_begins_no_faster_than_wanted() -> None:
    made = follower()
    made.follow(trajectory(0, [[0.0, 0.02], [0.02, 0.02]]), 0.0, 1.0)
    run(made, 1.6)
    assert made.is_at_rest
    assert made.scale == 1.0
    made.follow(trajectory(0, [[0.02, 0.02], [0.07, 0.02]]), 0.0, 0.2)
    assert made.scale == 0.2


def test_a_refused_path_changes_nothing() -> None:
    made = PathFollower(SETTINGS, Refuser())
    made.limiter.reset([0.0, 0.02])
    with pytest.raises(Refused, match='too close'):
        made.follow(LINE, -0.1, 1.0)
    assert not made.is_following
    assert set(run(made, 0.1)) == {(0.0, 0.02)}


def test_the_jitter_of_the_loop_is_not_in_the_motion() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    run(made, 0.8)
    changes = []
    for tick in range(200):
        made.step(PERIOD_S + (1e-4 if tick % 2 else -1e-4), 1.0, 0.0)
        changes.append(abs(made.limiter.accelerations[0]))
    assert max(changes) < 0.1


def test_lost_cycles_are_made_good_slowly() -> None:
    made = follower()
    made.follow(trajectory(0, [[0.02 * i, 0.02] for i in range(80)]), -0.1, 1.0)
    commands = run(made, 0.8)
    made.step(21 * PERIOD_S, 1.0, 0.0)
    commands.append(tuple(made.limiter.positions))
    behind_s = 20 * PERIOD_S
    commands += run(made, 5.0)
    assert made.path_s == pytest.approx(-0.1 + 0.5 * SETTINGS.ramp_s + 5.5 + 2 * PERIOD_S
                                        + behind_s, abs=0.01)
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)


def test_leaving_the_path_brakes_each_joint() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    commands = run(made, 0.8)
    made.leave_path()
    commands += [tuple(made.limiter.positions), *run(made, 0.2)]
    assert made.is_at_rest
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)


def test_new_paths_join_with_continuous_acceleration_also_while_slow() -> None:
    made = follower()
    made.follow(LINE, -0.1, 1.0)
    commands = run(made, 0.6)
    for k in range(30):
        scale = 0.3 if k % 3 else 1.0
        at, speed = made.limiter.positions[0], 0.5
        rows = [[min(at + 0.02 * math.sin(k) + speed * 0.1 * i, 1.9), 0.02] for i in range(10)]
        made.follow(trajectory(0, rows), -0.1, scale)
        commands += run(made, 0.06, target=scale)
    assert not find_violations(commands, LIMITS, period_s=PERIOD_S)
    jerks = np.diff(np.array(commands)[:, 0], 3) / PERIOD_S**3
    assert np.abs(jerks).max() <= LIMITS.jerk[0] * (1 + 1e-6)
