# SPDX-License-Identifier: Apache-2.0
"""A worker repeats its step, prepares once, and ends in order."""

import threading

import pytest

from rho_ros.worker import Worker
from rho_ros.worker import WorkerError

DEADLINE_S = 10.0


def test_the_step_repeats_after_one_preparation_in_the_same_thread() -> None:
    threads: list[str] = []
    done = threading.Event()

    def step() -> None:
        threads.append(threading.current_thread().name)
        if len(threads) > 5:
            done.set()

    worker = Worker(step, 'hand', prepare=step)
    worker.start()
    assert done.wait(DEADLINE_S)
    worker.stop(DEADLINE_S)
    assert set(threads) == {'hand'}
    assert not worker.is_running


def test_an_error_while_preparing_is_reported_and_no_step_runs() -> None:
    steps: list[int] = []
    reported: list[BaseException] = []
    done = threading.Event()

    def fail() -> None:
        raise ValueError('broken')

    def report(error: BaseException) -> None:
        reported.append(error)
        done.set()

    worker = Worker(lambda: steps.append(1), 'hand', prepare=fail, on_error=report)
    worker.start()
    assert done.wait(DEADLINE_S)
    worker.stop(DEADLINE_S)
    assert steps == []
    assert worker.error is reported[0]


def test_a_long_step_can_ask_whether_it_should_end() -> None:
    started = threading.Event()
    holder: list[Worker] = []

    def step() -> None:
        started.set()
        while not holder[0].is_stopping:
            threading.Event().wait(0.001)

    holder.append(Worker(step, 'hand'))
    holder[0].start()
    assert started.wait(DEADLINE_S)
    holder[0].stop(DEADLINE_S)


def test_a_step_that_does_not_return_makes_stop_fail_in_time() -> None:
    release = threading.Event()
    worker = Worker(lambda: release.wait(DEADLINE_S), 'stuck')
    worker.start()
    with pytest.raises(WorkerError, match="'stuck' did not end within"):
        worker.stop(0.0)
    release.set()
    worker.stop(DEADLINE_S)
