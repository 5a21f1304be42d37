# SPDX-License-Identifier: Apache-2.0
"""The cheap clock says what the node's clock says, with and without simulated time."""

from rclpy.clock import ROSClock
from rclpy.time import Time

from rho_ros.clock import RosClock


class Steady:
    """Steady time set by hand."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def test_without_simulated_time_it_is_the_system_clock() -> None:
    clock = ROSClock()
    before_ns = clock.now().nanoseconds
    now_ns = RosClock(clock).now_ns()
    assert before_ns <= now_ns <= clock.now().nanoseconds


def test_simulated_time_is_followed_and_its_begin_and_end_are_noticed_in_time() -> None:
    clock = ROSClock()
    steady = Steady()
    cheap = RosClock(clock, system_ns=lambda: 7, steady_ns=steady)
    assert cheap.now_ns() == 7
    clock._set_ros_time_is_active(True)
    clock.set_ros_time_override(Time(nanoseconds=42, clock_type=clock.clock_type))
    steady.now_ns += 100_000_001
    assert cheap.now_ns() == 42
    clock.set_ros_time_override(Time(nanoseconds=43, clock_type=clock.clock_type))
    assert cheap.now_ns() == 43
    clock._set_ros_time_is_active(False)
    steady.now_ns += 100_000_001
    assert cheap.now_ns() == 7
