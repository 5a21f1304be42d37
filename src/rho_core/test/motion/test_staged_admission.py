# SPDX-License-Identifier: Apache-2.0
"""A trajectory that is judged over several cycles leads over as smoothly as one judged at once."""

import contextlib
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.motion.mode import ArmMode
from rho_core.motion.report import ArmReport
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import MS
from rho_core.motion.testing import PERIOD_NS
from rho_core.motion.testing import Bench
from rho_core.motion.testing import S
from rho_core.motion.testing import trajectory
from rho_core.safety.permit import Permit

PERIOD_S = PERIOD_NS / S


def wave(bench: Bench, amplitude: float, phase: float) -> list[list[float]]:
    """The next second of one endless motion of the first joint."""
    start_s = bench.steady_ns / S
    return [[amplitude * math.sin(2.0 * (start_s + 0.1 * i) + phase), 0.02] for i in range(11)]


def consider(bench: Bench, rows: list[list[float]], pauses: int) -> None:
    """Submit in parts, with a number of cycles between two of them."""
    parts = bench.arm.consider(trajectory(bench.now_ns, rows), bench.now_ns, bench.steady_ns)
    for _ in parts:
        for _ in range(pauses):
            bench.tick()


def streamed(pauses: int, amplitude: float = 0.2, phase: float = 0.0) -> Bench:
    """An arm that gets a new second of the motion every 40 ms."""
    bench = Bench()
    bench.run(0.01)
    for _ in range(60):
        begun_ns = bench.steady_ns
        consider(bench, wave(bench, amplitude, phase), pauses)
        while bench.steady_ns < begun_ns + 40 * MS:
            bench.tick()
    return bench


@given(pauses=st.integers(0, 4), amplitude=st.floats(0.0, 0.4), phase=st.floats(0.0, 6.0))
def test_no_limit_is_left_however_many_cycles_the_parts_take(
    pauses: int, amplitude: float, phase: float
) -> None:
    bench = streamed(pauses, amplitude, phase)
    assert bench.violations() == []
    assert bench.arm.mode is ArmMode.MOVING


def test_the_motion_is_that_of_trajectories_judged_at_once() -> None:
    at_once, in_parts = (np.array(streamed(pauses).commands)[-700:, 0] for pauses in (0, 2))
    assert np.abs(at_once - in_parts).max() < 2e-3
    jumps = np.abs(np.diff(in_parts, 2)) / PERIOD_S
    assert jumps.max() <= LIMITS.acceleration[0] * PERIOD_S


def test_the_old_path_goes_on_until_the_last_part() -> None:
    bench = streamed(0)
    source = bench.arm.path_s
    parts = bench.arm.consider(
        trajectory(bench.now_ns, wave(bench, 0.2, 0.0)), bench.now_ns, bench.steady_ns)
    next(parts)
    bench.tick()
    assert bench.arm.path_s == pytest.approx(source + PERIOD_S, abs=1e-4)


@pytest.mark.parametrize('stop', [Permit.STOP, None])
def test_a_stop_in_between_refuses_the_rest(stop: Permit | None) -> None:
    bench = streamed(0)
    refused = report(bench).refused
    parts = bench.arm.consider(
        trajectory(bench.now_ns, wave(bench, 0.2, 0.0)), bench.now_ns, bench.steady_ns)
    next(parts)
    bench.tick(permit=stop)
    with pytest.raises(Refused, match='STOPPING'):
        list(parts)
    assert report(bench).refused == refused + 1


def test_a_stop_and_a_reset_in_between_refuse_the_rest() -> None:
    bench = Bench()
    bench.run(0.01)
    parts = bench.arm.consider(
        trajectory(bench.now_ns, [[0.0, 0.02], [0.05, 0.02]]), bench.now_ns, bench.steady_ns)
    next(parts)
    bench.tick(permit=Permit.STOP)
    while bench.arm.mode is not ArmMode.STOPPED:
        bench.tick(permit=Permit.STOP)
    bench.epoch += 1
    bench.run(0.02)
    assert bench.arm.mode is ArmMode.IDLE
    with pytest.raises(Refused, match='stopped and reset'):
        list(parts)


def test_what_is_dropped_half_way_changes_nothing() -> None:
    bench, other = streamed(0), streamed(0)
    parts = bench.arm.consider(
        trajectory(bench.now_ns, wave(bench, 0.4, 1.0)), bench.now_ns, bench.steady_ns)
    with contextlib.suppress(StopIteration):
        next(parts)
        next(parts)
    bench.run(0.3)
    other.run(0.3)
    assert bench.commands == other.commands


class SlowCheck:
    """Takes many parts for each path and remembers where the paths began."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.starts: list[NDArray[np.float64]] = []

    def check(self, times_s: NDArray[np.float64], positions: NDArray[np.float64]) -> None:
        for _ in self.parts(times_s, positions):
            pass

    def parts(
        self, times_s: NDArray[np.float64], positions: NDArray[np.float64]
    ) -> Iterator[None]:
        self.starts.append(positions[0])
        for _ in range(self.count):
            yield


@pytest.mark.parametrize(('parts', 'judged'), [(3, 1), (50, 2)])
def test_a_path_that_took_long_to_judge_is_planned_and_judged_again(
    parts: int, judged: int
) -> None:
    check = SlowCheck(0)
    bench = Bench(path_check=check)
    bench.run(0.01)
    consider(bench, wave(bench, 0.4, 0.0), 0)
    bench.run(0.2)
    check.count = parts
    check.starts.clear()
    consider(bench, wave(bench, 0.4, 0.5), 1)
    assert len(check.starts) == judged
    assert bench.violations() == []
    # What was judged last begins where the arm was at most five cycles before.
    travel = np.abs(np.diff(np.array(bench.commands)[-7:], axis=0)).max()
    assert np.abs(check.starts[-1] - bench.commands[-1]).max() <= 5.5 * travel


def report(bench: Bench) -> ArmReport:
    return bench.arm.report(arm='left', now_ns=bench.now_ns, cycles=0, missed_cycles=0,
                            wake_late_us_max=0.0, tick_us_max=0.0)
