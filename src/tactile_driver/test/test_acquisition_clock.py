# SPDX-License-Identifier: Apache-2.0
"""Stamps lie before arrival by the transfer time and always increase."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from tactile_driver.acquisition_clock import AcquisitionClock

SECOND = 10**9


def clock() -> AcquisitionClock:
    return AcquisitionClock(frame_bytes=82, baud=115_200, rate_hz=100.0)


def test_the_transfer_time_of_82_bytes_at_115200_baud_is_7_1_ms() -> None:
    assert SECOND - clock().stamp(SECOND, 0) == pytest.approx(7.118e6, rel=1e-3)


def test_frames_of_a_backlog_are_one_period_apart() -> None:
    device = clock()
    stamps = [device.stamp(SECOND, 82 * behind) for behind in (3, 2, 1, 0)]
    gaps = [b - a for a, b in pairwise(stamps)]
    assert gaps == pytest.approx([10e6] * 3)


@given(st.lists(st.tuples(st.integers(0, 3 * 10**7), st.integers(0, 4096)), max_size=30))
def test_stamps_increase_and_never_lie_after_arrival(steps: list[tuple[int, int]]) -> None:
    device = clock()
    now_ns, last_ns = SECOND, 0
    for step_ns, bytes_after in steps:
        now_ns += step_ns
        stamp_ns = device.stamp(now_ns, bytes_after)
        assert stamp_ns > last_ns
        last_ns = stamp_ns


def test_a_clock_that_was_reset_is_followed() -> None:
    device = clock()
    device.stamp(100 * SECOND, 0)
    assert device.stamp(SECOND, 0) < SECOND


def test_a_rate_that_the_wire_cannot_carry_is_refused() -> None:
    with pytest.raises(ConfigError, match='at most 140 frames of 82 bytes'):
        AcquisitionClock(frame_bytes=82, baud=115_200, rate_hz=400.0)
