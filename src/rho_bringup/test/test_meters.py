# SPDX-License-Identifier: Apache-2.0
"""Tests of the rate meter and the stop counter."""

import pytest

from rho_bringup.episodes.rate_meter import RateMeter
from rho_bringup.episodes.stop_counter import StopCounter


def test_rate_is_count_over_time_watched() -> None:
    meter = RateMeter()
    meter.restart(1_000_000_000)
    meter.add(20, 1_500_000_000)
    meter.add(30, 2_000_000_000)
    assert meter.rate_hz == pytest.approx(50.0)


def test_silence_lowers_the_rate() -> None:
    meter = RateMeter()
    meter.restart(0)
    meter.add(50, 1_000_000_000)
    meter.add(0, 2_000_000_000)
    assert meter.rate_hz == pytest.approx(25.0)


def test_rate_is_zero_before_time_has_passed() -> None:
    meter = RateMeter()
    meter.add(5, 100)
    assert meter.rate_hz == 0.0


def test_stops_before_the_release_do_not_count() -> None:
    counter = StopCounter()
    assert not counter.update(3, is_stopped=True)
    counter.arm(3)
    assert not counter.update(3, is_stopped=False)
    assert counter.stops == 0


def test_a_stop_counts_once_until_the_next_release() -> None:
    counter = StopCounter()
    counter.arm(1)
    # The second cause of the same stop makes the epoch grow again.
    assert counter.update(2, is_stopped=True)
    assert not counter.update(3, is_stopped=True)
    counter.arm(4)
    assert counter.update(5, is_stopped=True)
    assert counter.stops == 2


def test_a_stop_that_was_reset_between_two_looks_counts() -> None:
    counter = StopCounter()
    counter.arm(1)
    assert counter.update(3, is_stopped=False)
    assert counter.stops == 1


def test_a_stop_of_an_arm_by_itself_counts() -> None:
    counter = StopCounter()
    counter.arm(1)
    assert counter.update(1, is_stopped=True)
    assert counter.stops == 1
