# SPDX-License-Identifier: Apache-2.0
"""Requests to the operating system and the interpreter that keep a loop on time."""

import gc
import os


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
        # Threads and processes started from this one must not inherit the priority.
        policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    except PermissionError:
        return (
            f'real-time priority {priority} refused, wake-ups may be late under load: '
            "add '@realtime - rtprio 99' to /etc/security/limits.conf, join the group "
            "'realtime' and log in again"
        )
    except OSError as error:
        return f'real-time priority {priority} refused: {error}'
    return None


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
