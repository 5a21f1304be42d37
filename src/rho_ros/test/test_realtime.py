# SPDX-License-Identifier: Apache-2.0
"""A refusal by the system becomes a sentence, never an exception."""

import gc
import os
import threading

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
