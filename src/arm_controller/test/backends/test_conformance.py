# SPDX-License-Identifier: Apache-2.0
"""What every back end does, whatever its arm."""

import math
import time

from arm_controller.backends.registry import BACKENDS
from arm_controller.testing.harness import Harness

MS = 1_000_000
FAR_MS = 500.0


def age_ms(harness: Harness) -> float:
    """Age of what the back end shows; infinite when it shows nothing."""
    steady_ns = harness.steady_ns()
    measured = harness.backend.read(steady_ns)
    return math.inf if measured is None else (steady_ns - measured.received_ns) / MS


def is_lost(harness: Harness) -> bool:
    """Whether a controller would stop: told that there is none, or left with an old one."""
    return age_ms(harness) > FAR_MS


def test_every_back_end_is_here(harness_names: set[str]) -> None:
    assert set(BACKENDS) <= harness_names


def test_nothing_is_measured_before_the_start(harness: Harness) -> None:
    assert harness.backend.read(harness.steady_ns()) is None


def test_a_measurement_has_all_joints_and_both_times(harness: Harness) -> None:
    harness.backend.start()
    measured = harness.first()
    assert len(measured.positions) == harness.joints
    assert all(math.isfinite(position) for position in measured.positions)
    assert 0 <= harness.steady_ns() - measured.received_ns < 10_000 * MS
    assert harness.backend.problem() == ''


def test_holding_the_measurement_does_not_move_the_arm(harness: Harness) -> None:
    harness.backend.start()
    first = harness.first()
    for _ in range(50):
        harness.cycle(first.positions)
    last = harness.until(lambda one: one is not None and one is not first, first.positions)
    assert last is not None
    assert max(abs(a - b) for a, b in zip(first.positions, last.positions, strict=True)) < 0.01
    assert harness.backend.problem() == ''


def test_the_arm_goes_where_it_is_sent_in_the_controllers_order(harness: Harness) -> None:
    harness.backend.start()
    start = harness.first().positions
    goal = tuple(q + 0.002 * (i + 1) for i, q in enumerate(start))
    harness.until(
        lambda one: one is not None and max(
            abs(a - b) for a, b in zip(one.positions, goal, strict=True)) < 0.0015,
        goal)


def test_reading_without_news_returns_the_same_measurement(harness: Harness) -> None:
    harness.backend.start()
    harness.until(lambda one: one is not None)
    harness.freeze()
    # A sample may be under way when the arm freezes.
    seen = [harness.cycle() for _ in range(40)]
    assert seen[-1] is None or seen[-1] == seen[-2]


def test_a_cut_connection_is_told_and_never_looks_like_a_measurement(harness: Harness) -> None:
    harness.backend.start()
    hold = harness.first().positions
    harness.cut()
    harness.until(lambda _one: is_lost(harness), hold)
    # What is silent on a topic is known by its age alone.
    assert harness.backend.problem() or harness.backend.read(harness.steady_ns()) is not None


def test_an_arm_that_tells_the_same_for_ever_is_lost(harness: Harness) -> None:
    harness.backend.start()
    hold = harness.first().positions
    harness.freeze()
    harness.until(lambda _one: is_lost(harness), hold)


def test_a_clock_that_goes_back_is_told_and_the_arm_is_lost(harness: Harness) -> None:
    harness.backend.start()
    hold = harness.first().positions
    harness.reverse()
    harness.until(lambda _one: is_lost(harness), hold)
    assert harness.backend.problem()


def test_a_stopped_back_end_starts_again(harness: Harness) -> None:
    for _ in range(2):
        harness.backend.start()
        harness.first()
        harness.backend.stop()


def test_stopping_twice_and_before_the_start_is_nothing(harness: Harness) -> None:
    harness.backend.stop()
    harness.backend.start()
    harness.backend.stop()
    harness.backend.stop()
    assert harness.backend.problem() == ''


def test_reading_and_writing_return_while_the_arm_does_not_answer(harness: Harness) -> None:
    harness.backend.start()
    hold = harness.first().positions
    harness.freeze()
    end_s = time.monotonic() + 20.0
    for _ in range(500):
        harness.backend.read(harness.steady_ns())
        harness.backend.write(hold)
    assert time.monotonic() < end_s
