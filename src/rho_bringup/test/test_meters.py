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


def test_stops_before_arming_do_not_count() -> None:
    counter = StopCounter()
    assert counter.update(3) == 0
    counter.arm(3)
    assert counter.update(3) == 0
    assert counter.stops == 0


def test_each_new_epoch_is_one_stop() -> None:
    counter = StopCounter()
    counter.arm(1)
    assert [counter.update(2), counter.update(2), counter.update(4)] == [1, 0, 2]
    counter.arm(4)
    assert counter.update(5) == 1
    assert counter.stops == 4
