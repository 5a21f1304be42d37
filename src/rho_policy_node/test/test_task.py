# SPDX-License-Identifier: Apache-2.0
"""Tasks and their outcomes, with a clock made by hand."""

import pytest

from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.errors import Refused
from rho_policy_node.runtime.task import Task
from rho_policy_node.runtime.task import TaskResult
from rho_policy_node.task_desk import TaskDesk

S = 1_000_000_000


def update(
    task: Task,
    at_s: float,
    mode: PolicyMode = PolicyMode.RUNNING,
    reason: str = '',
    stop: str = '',
    is_over: bool = False,
) -> TaskResult | None:
    report = PolicyReport(stamp_ns=0, mode=mode, reason=reason, chunk_seq=7)
    task.update(steady_ns=round(at_s * S), report=report, stop=stop, is_over=is_over)
    return None if task.outcome is None else task.outcome.result


def test_it_goes_on_until_the_time_is_up() -> None:
    task = Task('go', timeout_ns=2 * S)
    assert update(task, 10.0) is None
    assert update(task, 11.9) is None
    assert (task.elapsed_s, task.chunk_seq) == (pytest.approx(1.9), 7)
    assert update(task, 12.0) is TaskResult.TIMEOUT


def test_without_a_limit_it_goes_on() -> None:
    task = Task('go')
    assert all(update(task, float(at_s)) is None for at_s in range(1000))


def test_the_model_can_end_it() -> None:
    task = Task('go')
    update(task, 0.0)
    assert update(task, 1.0, PolicyMode.WAITING, is_over=True) is TaskResult.DONE


def test_it_ends_at_a_stop_after_it_has_run() -> None:
    task = Task('go')
    update(task, 0.0)
    assert update(task, 0.1, PolicyMode.WAITING, stop='left stopped') is TaskResult.STOPPED
    assert task.outcome is not None
    assert task.outcome.message == 'left stopped'


def test_a_policy_that_cannot_run_gets_some_patience() -> None:
    task = Task('go', patience_ns=2 * S)
    assert update(task, 0.0, PolicyMode.WAITING, 'front missing') is None
    assert update(task, 2.0, PolicyMode.WAITING, 'front missing') is None
    assert update(task, 2.1, PolicyMode.WAITING, 'front missing') is TaskResult.FAILED
    assert task.outcome is not None
    assert task.outcome.message == 'front missing'


def test_canceling_comes_first_and_the_first_outcome_stays() -> None:
    task = Task('go', timeout_ns=1)
    task.cancel()
    assert update(task, 0.0, is_over=True) is TaskResult.CANCELED
    task.replace('other')
    assert update(task, 9.0) is TaskResult.CANCELED


def test_the_desk_asks_for_the_instruction_and_for_rest_afterwards() -> None:
    asked: list[str] = []
    desk = TaskDesk(asked.append)
    task = Task('go', timeout_ns=S)
    desk.put(task)
    assert not desk.is_free
    desk.begin()
    desk.begin()
    running = PolicyReport(stamp_ns=0, mode=PolicyMode.RUNNING)
    desk.end(steady_ns=0, report=running, stop='', is_over=False)
    desk.end(steady_ns=S, report=running, stop='', is_over=False)
    assert asked == ['go', '']
    assert desk.is_free
    desk.end(steady_ns=2 * S, report=running, stop='', is_over=False)
    assert asked == ['go', '']


def test_one_task_at_a_time() -> None:
    desk = TaskDesk(lambda _text: None)
    desk.put(Task('go'))
    with pytest.raises(Refused, match='another instruction is being carried out'):
        desk.put(Task('run'))


def test_a_plain_instruction_takes_precedence() -> None:
    asked: list[str] = []
    desk = TaskDesk(asked.append)
    first = Task('go')
    desk.put(first)
    desk.begin()
    desk.instruct('fly')
    assert asked == ['go', 'fly']
    assert first.outcome is not None
    assert first.outcome.message == 'given up: an instruction came by topic'
    assert desk.is_free
