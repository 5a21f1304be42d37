# SPDX-License-Identifier: Apache-2.0
"""Requests to the operating system and the interpreter that keep a loop on time."""

import ctypes
import gc
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SUPPORT_PRIORITY = 10
"""Above everything that is not real-time, below every loop."""

MIDDLEWARE_PRIORITY = 75
"""Below the control loops, above all other ones: those wait for messages, and locks of the
middleware are shared by the threads of all of them."""

_MIDDLEWARE_THREADS = 'dds.'
_TASKS = Path('/proc/self/task')
_LATENCY = Path('/dev/cpu_dma_latency')
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4

# The request to the kernel holds as long as this stays open.
_latency_request: int | None = None


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


def become_real_time(
    priority: int | None,
    name: str,
    on_warning: Callable[[str], object],
    support_priority: int | None = SUPPORT_PRIORITY,
) -> bool:
    """Raises the calling thread and those that it waits for; warns when that is refused.

    Args:
        priority: 1 to 99, None: leave everything as it is.
        name: what to call the thread in the warning.
        on_warning: takes the warning.
        support_priority: priority of the process' other threads, None: the middleware's alone are
            raised.

    Returns:
        Whether the priority was wanted and granted.
    """
    if priority is None:
        return False
    problem = request_fifo(priority)
    if problem is not None:
        on_warning(f"'{name}': {problem}")
        return False
    if support_priority is None:
        raise_middleware_threads()
    else:
        raise_supporting_threads(support_priority)
    keep_memory()
    keep_cores_awake()
    return True


def keep_memory() -> bool:
    """Keeps in memory whatever of this process has been there once, code too.

    Returns:
        Whether the system permits it.
    """
    try:
        lock = ctypes.CDLL(None, use_errno=True).mlockall
    except (AttributeError, OSError):
        return False
    # Without ONFAULT all of every thread's stack would be filled in: hundreds of megabytes.
    return bool(lock(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0)


def keep_cores_awake() -> bool:
    """Keeps idle cores out of sleep states for as long as this process lives.

    A core that has gone to sleep takes its time to wake: some 50 us in a virtual machine, 200 us
    on a laptop. It costs electricity. The kernel calls it a PM QoS request (see
    Documentation/power/pm_qos_interface.rst); cyclictest makes the same one.

    Returns:
        Whether the system permits it.
    """
    global _latency_request
    if _latency_request is None:
        try:
            _latency_request = os.open(_LATENCY, os.O_WRONLY | os.O_CLOEXEC)
            os.write(_latency_request, struct.pack('i', 0))
        except OSError:
            return False
    return True


def raise_supporting_threads(priority: int = SUPPORT_PRIORITY) -> int:
    """Puts the ordinary threads of this process under SCHED_FIFO, for good.

    A loop waits for them, whatever its own priority: the middleware's threads bring its messages
    and hold locks that it needs, and any other one may hold the interpreter lock when the
    scheduler takes its core away. On a busy machine this delayed messages by more than 50 ms, and
    single ticks of a control loop by more than 1 ms. Threads that they start inherit the
    priority, processes do not.

    Args:
        priority: 1 to 99, below that of the loops; the middleware's threads get at least
            `MIDDLEWARE_PRIORITY`.

    Returns:
        Number of threads raised, 0 where it is not permitted.
    """
    return sum(
        _raise(thread, max(priority, MIDDLEWARE_PRIORITY) if is_middleware else priority)
        for thread, is_middleware in _ordinary_threads()
    )


def raise_middleware_threads() -> int:
    """Puts the middleware's threads of this process under SCHED_FIFO, for good.

    For processes without a loop of their own that listen to those that have one. Processes on one
    machine exchange messages in shared memory under a lock of each listener: a writer waits while
    a listener that the scheduler has put aside holds it. Commands of a control loop came up to
    6 ms late because of an observer of ordinary priority.

    Returns:
        Number of threads raised, 0 where it is not permitted.
    """
    return sum(_raise(thread, MIDDLEWARE_PRIORITY)
               for thread, is_middleware in _ordinary_threads() if is_middleware)


def _ordinary_threads() -> list[tuple[int, bool]]:
    """Returns the threads that are not real-time yet, and whether they are the middleware's."""
    if not hasattr(os, 'sched_getscheduler') or not _TASKS.is_dir():
        return []
    threads = []
    for entry in _TASKS.iterdir():
        # A thread may end while the others are listed.
        with suppress(ProcessLookupError, FileNotFoundError):
            if os.sched_getscheduler(int(entry.name)) == os.SCHED_OTHER:
                threads.append((int(entry.name), _is_middleware(entry)))
    return threads


def _is_middleware(task: Path) -> bool:
    return (task / 'comm').read_text(encoding='utf-8').startswith(_MIDDLEWARE_THREADS)


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
