# SPDX-License-Identifier: Apache-2.0
"""What a started process does before it becomes the node."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

NICENESS = -10
"""Wanted niceness of nodes. Those without a real-time loop, and all where real-time priority is
refused, would be late on a busy machine, and the watchdog would stop the arms."""

_AUTOGROUP = '/proc/self/autogroup'
_PR_SET_PDEATHSIG = 1


def child_setup(parent_pid: int, niceness: int = NICENESS) -> Callable[[], None]:
    """Return a function for `subprocess.Popen(preexec_fn=...)`.

    The child gets SIGINT when the thread that started it ends, so a killed runner leaves no nodes
    behind; start children from the main thread. It runs before other programs where that is
    permitted.

    Args:
        parent_pid: Process that starts the child.
        niceness: Wanted niceness; without permission it stays as it is.
    """
    # Looked up before the fork: the child must not import or load anything.
    prctl = ctypes.CDLL(None).prctl if sys.platform.startswith('linux') else None

    def set_up() -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, niceness)
            # Linux weighs sessions against each other, and each node leads one: within it the
            # niceness of a process changes nothing.
            descriptor = os.open(_AUTOGROUP, os.O_WRONLY)
            os.write(descriptor, str(niceness).encode())
            os.close(descriptor)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
            if os.getppid() != parent_pid:
                os._exit(1)

    return set_up
