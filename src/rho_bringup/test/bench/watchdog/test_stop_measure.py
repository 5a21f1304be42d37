# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_bringup.bench.watchdog.stop_measure import StopMeasure
from rho_bringup.bench.watchdog.stop_measure import measure_stop
from rho_bringup.bench.watchdog.testing import LIMITS
from rho_bringup.bench.watchdog.testing import MS
from rho_bringup.bench.watchdog.testing import PERIOD_NS
from rho_bringup.bench.watchdog.testing import PERIOD_S
from rho_bringup.bench.watchdog.testing import brake
from rho_bringup.bench.watchdog.testing import brake_length
from rho_bringup.bench.watchdog.testing import series
from rho_bringup.bench.watchdog.testing import time_of

BEFORE = 100
STATE_DELAY_NS = 200_000


def measured(positions: np.ndarray, *, expiry_ns: int | None = None,
             mode_index: int | None = BEFORE) -> StopMeasure:
    return measure_stop(
        series(positions),
        expiry_ns=time_of(BEFORE) - 7 * MS if expiry_ns is None else expiry_ns,
        mode_ns=None if mode_index is None else time_of(mode_index) + STATE_DELAY_NS,
        limits=LIMITS)


def test_reaction_ends_with_the_first_command_of_the_brake() -> None:
    result = measured(brake(before=BEFORE))
    assert result.reaction_ms == pytest.approx(7.0)
    assert result.slower_ms == pytest.approx(7.0)
    assert result.moved_after_rest == 0


def test_standstill_is_the_last_command_that_moved_the_arm() -> None:
    result = measured(brake(before=BEFORE))
    last = BEFORE + brake_length() - 2
    expected_ms = (time_of(last) - time_of(BEFORE)) / MS + 7.0
    assert result.standstill_ms == pytest.approx(expected_ms, abs=2 * PERIOD_NS / MS)


def test_strains_of_the_stop_are_those_of_its_commands() -> None:
    result = measured(brake(before=BEFORE))
    assert result.max_acceleration == pytest.approx(4.0, rel=0.05)
    assert result.max_jerk == pytest.approx(400.0, rel=0.1)
    assert result.acceleration_share == pytest.approx(0.8, rel=0.05)
    assert result.jerk_share == pytest.approx(0.8, rel=0.1)


def test_an_arm_that_gathers_speed_reacts_before_it_gets_slower() -> None:
    times_s = np.arange(BEFORE) * PERIOD_S
    rising = 0.2 * times_s + 0.5 * 3.0 * times_s**2
    speed = np.diff(rising)[-1] / PERIOD_S
    accelerations = np.concatenate([np.linspace(3.0, -4.0, 20), np.full(400, -4.0)])
    speeds = np.maximum(speed + np.cumsum(accelerations) * PERIOD_S, 0.0)
    positions = np.concatenate([rising, rising[-1] + np.cumsum(speeds) * PERIOD_S])
    result = measured(positions)
    assert result.reaction_ms == pytest.approx(9.0, abs=2.1)
    assert result.slower_ms is not None
    assert result.reaction_ms is not None
    assert result.slower_ms > result.reaction_ms + 10.0


def test_slowing_down_on_the_path_before_the_stop_does_not_count() -> None:
    times_s = np.arange(BEFORE) * PERIOD_S
    slowing = 1.0 * times_s - 0.5 * 0.2 * times_s**2
    step = np.diff(slowing)[-1]
    end = step * np.cumsum(np.clip(1.0 - 0.02 * np.arange(1, 200), 0.0, None))
    result = measured(np.concatenate([slowing, slowing[-1] + end]))
    assert result.reaction_ms == pytest.approx(7.0)


def test_movement_after_the_standstill_is_counted() -> None:
    positions = brake(before=BEFORE, after=200)
    positions[-50:] += 0.001
    positions[-20:] -= 0.001
    assert measured(positions).moved_after_rest == 2


def test_a_value_that_is_no_number_after_the_standstill_counts_as_movement() -> None:
    positions = brake(before=BEFORE, after=200)
    positions[-1] = np.nan
    assert measured(positions).moved_after_rest == 1


def test_an_arm_that_never_stops_has_no_figures() -> None:
    assert measured(np.arange(500) * 0.001, mode_index=None) == StopMeasure()


def test_an_arm_that_brakes_without_coming_to_rest_has_no_standstill() -> None:
    result = measured(brake(before=BEFORE)[:BEFORE + 40])
    assert result.reaction_ms == pytest.approx(7.0)
    assert result.standstill_ms is None


def test_a_pause_shorter_than_a_standstill_is_none() -> None:
    positions = brake(before=BEFORE, after=60)
    again = np.concatenate([positions[:-45], positions[-1] + brake(before=1) - brake(before=1)[0]])
    result = measured(again)
    assert result.standstill_ms is not None
    assert result.standstill_ms > 400.0


def test_no_commands_have_no_figures() -> None:
    assert measured(np.zeros(0)) == StopMeasure()
