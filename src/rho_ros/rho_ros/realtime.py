# SPDX-License-Identifier: Apache-2.0
"""Requests to the operating system and the interpreter that keep a loop on time."""

import gc
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SUPPORT_PRIORITY = 10
"""Above everything that is not real-time, below every loop."""

_TASKS = Path('/proc/self/task')


def request_fifo(priority: int) -> str | None:
    """Puts the calling thread under SCHED_FIFO.

    Args:
        priority: 1 to 99.

    Returns:
        None when granted, otherwise what was refused and what to do about it.
    """
    if not hasattr(os, 'sched_setscheduler'):
        return 'real-time priority is not available on this operating system'
    try:
        os.sched_setscheduler(0, _fifo(), os.sched_param(priority))
    except PermissionError:
        return (
            f'real-time priority {priority} refused, wake-ups may be late under load: '
            "add '@realtime - rtprio 99' to /etc/security/limits.conf, join the group "
            "'realtime' and log in again"
        )
    except OSError as error:
        return f'real-time priority {priority} refused: {error}'
    return None


def become_real_time(priority: int | None, name: str, on_warning: Callable[[str], object]) -> bool:
    """Raises the calling thread and those that it waits for; warns when that is refused.

    Args:
        priority: 1 to 99, None: leave everything as it is.
        name: what to call the thread in the warning.
        on_warning: takes the warning.

    Returns:
        Whether the priority was wanted and granted.
    """
    if priority is None:
        return False
    problem = request_fifo(priority)
    if problem is not None:
        on_warning(f"'{name}': {problem}")
        return False
    raise_supporting_threads()
    return True


def raise_supporting_threads(priority: int = SUPPORT_PRIORITY) -> int:
    """Puts the ordinary threads of this process under SCHED_FIFO, for good.

    A loop waits for them, whatever its own priority: the middleware's threads bring its messages,
    and any other one may hold the interpreter lock when the scheduler takes its core away. On a
    busy machine this delayed messages by more than 50 ms. Threads that they start inherit the
    priority, processes do not.

    Args:
        priority: 1 to 99, below that of the loops.

    Returns:
        Number of threads raised, 0 where it is not permitted.
    """
    return sum(_raise(thread, priority) for thread in _ordinary_threads())


def _ordinary_threads() -> list[int]:
    if not hasattr(os, 'sched_getscheduler') or not _TASKS.is_dir():
        return []
    threads = []
    for entry in _TASKS.iterdir():
        # A thread may end while the others are listed.
        with suppress(ProcessLookupError):
            if os.sched_getscheduler(int(entry.name)) == os.SCHED_OTHER:
                threads.append(int(entry.name))
    return threads


def _raise(thread: int, priority: int) -> bool:
    # The middleware starts threads when others join the graph: they wait for the same locks.
    # Processes are started by the main thread, and are none of its business.
    policy = _fifo() if thread == os.getpid() else os.SCHED_FIFO
    try:
        os.sched_setscheduler(thread, policy, os.sched_param(priority))
    except (PermissionError, ProcessLookupError):
        return False
    return True


def _fifo() -> int:
    # What a loop or the main thread starts must not inherit its priority.
    return os.SCHED_FIFO | os.SCHED_RESET_ON_FORK


def quiet_garbage_collector() -> None:
    """Ends garbage collection pauses: everything alive is frozen, automatic runs end.

    For processes that have built all they need and allocate without reference cycles from then
    on, such as a control loop. Reference counting goes on; cyclic garbage made afterwards stays
    until `collect_young_garbage` is called from a thread that may wait.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_young_garbage() -> int:
    """Collects what was allocated since `quiet_garbage_collector`, about 1 ms.

    Returns:
        Number of unreachable objects found.
    """
    return gc.collect()
