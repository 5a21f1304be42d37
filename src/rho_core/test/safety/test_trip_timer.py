# SPDX-License-Identifier: Apache-2.0
"""The delay runs down with the fault and recovers four times slower."""

from hypothesis import given
from hypothesis import strategies as st

from rho_core.safety.trip_timer import TripTimer


def test_no_delay_has_tripped_from_the_start() -> None:
    timer = TripTimer(0)
    assert timer.has_tripped
    assert timer.is_full


def test_it_trips_when_the_time_is_up() -> None:
    timer = TripTimer(100)
    timer.run(99)
    assert not timer.has_tripped
    timer.run(1)
    assert timer.has_tripped


def test_it_recovers_four_times_slower() -> None:
    timer = TripTimer(100)
    timer.run(100)
    timer.recover(396)
    assert not timer.is_full
    timer.recover(4)
    assert timer.is_full


@given(st.integers(1, 1000), st.lists(st.tuples(st.booleans(), st.integers(0, 500))))
def test_a_fault_that_is_there_a_third_of_the_time_always_trips(
    limit_ns: int, steps: list[tuple[bool, int]]
) -> None:
    timer = TripTimer(limit_ns)
    for is_there, elapsed_ns in steps:
        timer.run(elapsed_ns) if is_there else timer.recover(elapsed_ns)
    for _ in range(limit_ns):
        timer.run(2)
        if timer.has_tripped:
            return
        timer.recover(4)
    raise AssertionError('expected a trip')
