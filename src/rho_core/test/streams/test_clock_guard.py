# SPDX-License-Identifier: Apache-2.0
"""Steps of the ROS clock and stalls of the caller are told apart."""

from rho_core.streams.clock_guard import ClockGuard

MS = 1_000_000
NOW = 1_000_000 * MS
STEADY = 7_000 * MS


def guard() -> ClockGuard:
    one = ClockGuard(jump_ns=100 * MS, stall_ns=50 * MS)
    assert one.check(NOW, STEADY) == ('', '')
    return one


def test_equal_steps_of_both_clocks_are_fine() -> None:
    assert guard().check(NOW + 50 * MS, STEADY + 50 * MS) == ('', '')


def test_a_jump_is_told_from_a_stall() -> None:
    one = guard()
    jump, stall = one.check(NOW - 5_000 * MS, STEADY + 4 * MS)
    assert jump == 'clock: ROS time jumped by -5004 ms'
    assert not stall
    jump, stall = one.check(NOW - 4_940 * MS, STEADY + 64 * MS)
    assert not jump
    assert stall == 'loop: 60 ms between two cycles, allowed 50 ms'


def test_a_steady_clock_that_goes_back_is_a_stall() -> None:
    assert guard().check(NOW, STEADY - 1)[1]
