# SPDX-License-Identifier: Apache-2.0
"""The loop keeps phase, counts what it misses, and ends when asked or when a tick raises."""

import threading
import time

import pytest

from rho_core.errors import ConfigError
from rho_core.pacing import LoopTime
from rho_ros import loop as loop_module
from rho_ros import realtime
from rho_ros.loop import PeriodicLoop
from rho_ros.worker import WorkerError

DEADLINE_S = 10.0


class Ticks:
    """Collects ticks; `done` is set when enough have come."""

    def __init__(self, enough: int) -> None:
        self.times: list[LoopTime] = []
        self.done = threading.Event()
        self._enough = enough

    def __call__(self, time: LoopTime) -> None:
        self.times.append(time)
        if len(self.times) == self._enough:
            self.done.set()


def test_deadlines_are_one_grid_and_no_tick_comes_early() -> None:
    ticks = Ticks(40)
    loop = PeriodicLoop(2_000_000, ticks, 'grid')
    loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    first_ns = ticks.times[0].deadline_ns
    assert all((tick.deadline_ns - first_ns) % 2_000_000 == 0 for tick in ticks.times)
    assert all(tick.lateness_ns >= 0 for tick in ticks.times)
    assert [tick.cycle for tick in ticks.times] == list(range(len(ticks.times)))


def test_deadlines_of_all_loops_lie_on_the_steady_clock_plus_their_phase() -> None:
    ticks = Ticks(3)
    loop = PeriodicLoop(2_000_000, ticks, 'phase', phase_ns=500_000)
    loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    assert {tick.deadline_ns % 2_000_000 for tick in ticks.times} == {500_000}


def test_a_long_tick_is_counted_as_missed_cycles() -> None:
    ticks: list[LoopTime] = []
    done = threading.Event()

    def tick(now: LoopTime) -> None:
        ticks.append(now)
        if now.cycle == 0:
            while time.monotonic_ns() < now.deadline_ns + 7_500_000:
                time.sleep(0.001)
        if now.cycle == 1:
            done.set()

    loop = PeriodicLoop(2_000_000, tick, 'late')
    loop.start()
    assert done.wait(DEADLINE_S)
    loop.stop()
    stats = loop.stats()
    assert ticks[1].missed >= 3
    assert stats.missed_cycles >= 3
    assert stats.tick_us.max >= 7500.0


def test_a_real_time_loop_waits_actively_for_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_module, 'become_real_time', lambda *_arguments: True)
    slept_s: list[float] = []
    sleep = time.sleep

    def note(seconds: float) -> None:
        slept_s.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(loop_module.time, 'sleep', note)
    ticks = Ticks(20)
    loop = PeriodicLoop(5_000_000, ticks, 'early', 80, early_ns=4_000_000)
    loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    assert all(tick.lateness_ns >= 0 for tick in ticks.times)
    assert max(slept_s) <= 1e-3


def test_an_exception_ends_the_loop_and_is_reported_once() -> None:
    reported: list[BaseException] = []
    done = threading.Event()

    def tick(_now: LoopTime) -> None:
        raise ValueError('broken')

    def on_error(error: BaseException) -> None:
        reported.append(error)
        done.set()

    loop = PeriodicLoop(1_000_000, tick, 'broken', on_error=on_error)
    loop.start()
    assert done.wait(DEADLINE_S)
    loop.stop()
    assert [str(error) for error in reported] == ['broken']
    assert loop.error is reported[0]
    assert not loop.is_running


def test_a_slow_loop_stops_long_before_its_next_deadline() -> None:
    loop = PeriodicLoop(3600 * 10**9, Ticks(1), 'slow')
    loop.start()
    loop.stop(timeout_s=5.0)
    assert not loop.is_running


def test_a_tick_that_hangs_makes_stop_fail_with_its_name() -> None:
    entered, release = threading.Event(), threading.Event()
    loop = PeriodicLoop(1_000_000, lambda _now: _hang(entered, release), 'hanging')
    loop.start()
    assert entered.wait(DEADLINE_S)
    with pytest.raises(WorkerError, match="'hanging' did not end within"):
        loop.stop(timeout_s=0.05)
    release.set()
    loop.stop(timeout_s=DEADLINE_S)


def test_stop_is_idempotent_and_allowed_from_the_tick_itself() -> None:
    holder: list[PeriodicLoop] = []
    ended = threading.Event()

    def tick(_now: LoopTime) -> None:
        holder[0].stop()
        ended.set()

    loop = PeriodicLoop(1_000_000, tick, 'self_ending')
    holder.append(loop)
    loop.stop()
    loop.start()
    assert ended.wait(DEADLINE_S)
    loop.stop()
    loop.stop()
    assert loop.stats().cycles == 1


def test_starting_twice_is_an_error_and_starting_again_after_stop_is_not() -> None:
    ticks = Ticks(2)
    loop = PeriodicLoop(1_000_000, ticks, 'twice')
    loop.start()
    with pytest.raises(WorkerError, match='running already'):
        loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    loop.start()
    loop.stop()


def test_a_refused_priority_is_one_warning_and_the_loop_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(realtime, 'request_fifo', lambda _priority: 'refused, do this')
    warnings: list[str] = []
    ticks = Ticks(3)
    loop = PeriodicLoop(1_000_000, ticks, 'ordinary', 80, on_warning=warnings.append)
    loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    assert warnings == ["'ordinary': refused, do this"]
    assert loop.stats().realtime == 'no'


def test_a_granted_priority_is_named_in_the_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime, 'request_fifo', lambda _priority: None)
    monkeypatch.setattr(realtime, 'raise_supporting_threads', lambda _priority: 0)
    monkeypatch.setattr(realtime, 'keep_memory', lambda: True)
    monkeypatch.setattr(realtime, 'keep_cores_awake', lambda: True)
    ticks = Ticks(1)
    loop = PeriodicLoop(1_000_000, ticks, 'urgent', 80)
    loop.start()
    assert ticks.done.wait(DEADLINE_S)
    loop.stop()
    assert loop.stats().realtime == 'SCHED_FIFO 80'


@pytest.mark.parametrize(('period_ns', 'priority'), [(0, None), (-5, None), (1000, 0), (1, 100)])
def test_impossible_settings_are_refused(period_ns: int, priority: int | None) -> None:
    with pytest.raises(ConfigError):
        PeriodicLoop(period_ns, lambda _now: None, 'impossible', priority)


def _hang(entered: threading.Event, release: threading.Event) -> None:
    entered.set()
    release.wait(DEADLINE_S)
