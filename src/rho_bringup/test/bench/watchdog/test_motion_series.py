# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_bringup.bench.watchdog.motion_series import MotionSeries
from rho_bringup.bench.watchdog.testing import LIMITS
from rho_bringup.bench.watchdog.testing import PERIOD_NS
from rho_bringup.bench.watchdog.testing import PERIOD_S
from rho_bringup.bench.watchdog.testing import brake
from rho_bringup.bench.watchdog.testing import series
from rho_bringup.bench.watchdog.testing import time_of
from rho_core.errors import ConfigError


def with_gap(moved: MotionSeries, index: int, *, numbers: int = 0, pause_ns: int = 0
             ) -> MotionSeries:
    """The same commands, some of which were not heard, or after a pause."""
    later = np.arange(len(moved)) >= index
    return MotionSeries(times_ns=moved.times_ns + pause_ns * later,
                        numbers=moved.numbers + numbers * later,
                        positions=moved.positions, period_s=moved.period_s)


def test_derivatives_of_a_cubic_are_exact() -> None:
    times_s = np.arange(50) * PERIOD_S
    velocity, acceleration, jerk = series(2.0 * times_s**3).derivatives()
    np.testing.assert_allclose(jerk[3:, 0], 12.0, rtol=1e-6)
    np.testing.assert_allclose(acceleration[2:, 0], 12.0 * (times_s[2:] - PERIOD_S), rtol=1e-6)
    assert np.isnan(velocity[0]).all()
    assert np.isnan(acceleration[1]).all()
    assert np.isnan(jerk[2]).all()
    assert (velocity[1:, 1] == 0.0).all()


def test_speed_is_the_step_of_all_joints() -> None:
    speeds = series(np.array([0.0, 0.002, 0.002, -0.004])).speeds()
    np.testing.assert_allclose(speeds, [0.0, 1.0, 0.0, 3.0])


def test_series_can_be_empty() -> None:
    nothing = series(np.zeros(0))
    assert nothing.speeds().size == 0
    assert nothing.find_violations(LIMITS) == []


def test_part_of_a_series_includes_both_ends() -> None:
    part = series(np.arange(10.0)).between(time_of(3), time_of(5))
    np.testing.assert_array_equal(part.positions[:, 0], [3.0, 4.0, 5.0])


def test_motion_within_all_limits_has_no_violations() -> None:
    assert series(brake()).find_violations(LIMITS) == []


@pytest.mark.parametrize(('what', 'positions'), [
    ('position', np.full(50, 3.1)),
    ('velocity', np.arange(50) * PERIOD_S * 2.1),
    ('acceleration', 0.5 * 5.5 * (np.arange(50) * PERIOD_S) ** 2),
    ('jerk', 600.0 / 6.0 * (np.arange(5) * PERIOD_S) ** 3),
])
def test_each_order_of_violation_is_named(what: str, positions: np.ndarray) -> None:
    found = series(positions).find_violations(LIMITS)
    assert found
    assert all(line.startswith(f'{what} of turn in command') for line in found)
    assert 'allowed' in found[0]


@pytest.mark.parametrize('bad', [np.nan, np.inf])
def test_command_that_is_not_finite_is_a_violation(bad: float) -> None:
    positions = brake()
    positions[40] = bad
    assert any('is not finite' in line for line in series(positions).find_violations(LIMITS))


def test_a_jump_is_a_violation() -> None:
    positions = brake()
    positions[50:] += 0.1
    found = series(positions).find_violations(LIMITS)
    assert any(line.startswith('velocity') for line in found)


def test_commands_that_were_not_heard_are_no_jump() -> None:
    moved = series(np.delete(brake(), slice(50, 60)))
    assert moved.find_violations(LIMITS)
    assert with_gap(moved, 50, numbers=10).find_violations(LIMITS) == []


def test_a_writer_that_starts_again_is_another_one() -> None:
    moved = series(np.concatenate([brake()[:50], np.full(50, 2.0)]))
    assert with_gap(moved, 50, numbers=-50).find_violations(LIMITS) == []


def test_after_a_stall_the_arm_goes_on_from_rest() -> None:
    still = np.concatenate([brake()[:50], np.full(50, brake()[49])])
    assert any('acceleration' in line for line in series(still).find_violations(LIMITS))
    stalled = with_gap(series(still), 50, pause_ns=200_000_000)
    assert stalled.find_violations(LIMITS) == []


def test_a_jump_after_a_stall_is_a_violation() -> None:
    jumped = np.concatenate([brake()[:50], np.full(50, 0.5)])
    stalled = with_gap(series(jumped), 50, pause_ns=200_000_000)
    assert any(line.startswith('velocity') for line in stalled.find_violations(LIMITS))


def test_shapes_that_do_not_agree_are_refused() -> None:
    with pytest.raises(ConfigError, match='expected N times'):
        MotionSeries(times_ns=np.zeros(2, dtype=np.int64), numbers=np.zeros(3, dtype=np.int64),
                     positions=np.zeros((3, 2)), period_s=PERIOD_S)
    with pytest.raises(ConfigError, match='period_s'):
        MotionSeries(times_ns=np.zeros(0, dtype=np.int64), numbers=np.zeros(0, dtype=np.int64),
                     positions=np.zeros((0, 2)), period_s=PERIOD_NS * 0.0)
