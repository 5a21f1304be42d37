# SPDX-License-Identifier: Apache-2.0
"""A refusal by the system becomes a sentence, never an exception."""

import gc
import os
import threading
from pathlib import Path

import pytest

from rho_ros import realtime


def test_a_permission_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_pid: int, _policy: int, _param: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, 'sched_setscheduler', refuse)
    problem = realtime.request_fifo(50)
    assert problem is not None
    assert 'limits.conf' in problem


def test_a_granted_priority_is_silent_and_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []

    def grant(pid: int, policy: int, _param: object) -> None:
        calls.append((pid, policy))

    monkeypatch.setattr(os, 'sched_setscheduler', grant)
    assert realtime.request_fifo(50) is None
    assert calls == [(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK)]


def test_ordinary_threads_are_raised_once_and_the_raised_ones_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policies: dict[int, int] = {}

    def look(thread: int) -> int:
        return policies.setdefault(thread, os.SCHED_OTHER)

    def grant(thread: int, policy: int, _param: object) -> None:
        policies[thread] = policy

    monkeypatch.setattr(os, 'sched_getscheduler', look)
    monkeypatch.setattr(os, 'sched_setscheduler', grant)
    assert realtime.raise_supporting_threads() >= 1
    assert threading.get_native_id() in policies
    assert realtime.raise_supporting_threads() == 0


def test_the_middlewares_threads_come_before_the_others_of_a_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[int, int] = {}
    monkeypatch.setattr(realtime, '_ordinary_threads', lambda: [(11, True), (12, False)])
    monkeypatch.setattr(
        os, 'sched_setscheduler',
        lambda thread, _policy, param: given.update({thread: param.sched_priority}))
    assert realtime.raise_supporting_threads(10) == 2
    assert given == {11: realtime.MIDDLEWARE_PRIORITY, 12: 10}
    assert realtime.raise_supporting_threads(79) == 2
    assert given == {11: 79, 12: 79}
    given.clear()
    assert realtime.raise_middleware_threads() == 1
    assert given == {11: realtime.MIDDLEWARE_PRIORITY}


def test_a_process_that_computes_a_lot_raises_the_middleware_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[int, int] = {}
    monkeypatch.setattr(realtime, '_ordinary_threads', lambda: [(11, True), (12, False)])
    monkeypatch.setattr(realtime, 'keep_memory', lambda: True)
    monkeypatch.setattr(realtime, 'keep_cores_awake', lambda: True)
    monkeypatch.setattr(
        os, 'sched_setscheduler',
        lambda thread, _policy, param: given.update({thread: param.sched_priority}))
    assert realtime.become_real_time(50, 'physics', pytest.fail, None)
    assert given == {0: 50, 11: realtime.MIDDLEWARE_PRIORITY}


def test_threads_of_the_middleware_are_known_by_their_name(tmp_path: Path) -> None:
    for name, is_middleware in (('dds.shm.7411', True), ('python3', False)):
        (tmp_path / 'comm').write_text(f'{name}\n')
        assert realtime._is_middleware(tmp_path) is is_middleware


def test_cores_that_may_not_be_kept_awake_are_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(realtime, '_latency_request', None)
    monkeypatch.setattr(realtime, '_LATENCY', tmp_path / 'no_such_device')
    assert not realtime.keep_cores_awake()
    request = tmp_path / 'cpu_dma_latency'
    request.touch()
    monkeypatch.setattr(realtime, '_LATENCY', request)
    assert realtime.keep_cores_awake()
    assert request.read_bytes() == bytes(4)


def test_a_refusal_raises_no_thread_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: int, _policy: int, _param: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, 'sched_getscheduler', lambda _thread: os.SCHED_OTHER)
    monkeypatch.setattr(os, 'sched_setscheduler', refuse)
    assert realtime.raise_supporting_threads() == 0


def test_garbage_is_collected_on_demand_only() -> None:
    try:
        realtime.quiet_garbage_collector()
        assert not gc.isenabled()
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        assert realtime.collect_young_garbage() >= 1
    finally:
        gc.unfreeze()
        gc.enable()
