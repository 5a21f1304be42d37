# SPDX-License-Identifier: Apache-2.0
"""Ends a child when its parent dies without having been able to end it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent_pid: int) -> Callable[[], None] | None:
    """Return a function for `subprocess.Popen(preexec_fn=...)`, None where there is no such call.

    The child gets SIGINT when the thread that started it ends, so a killed runner leaves no
    nodes behind. Start children from the main thread.
    """
    if not sys.platform.startswith('linux'):
        return None
    # Looked up before the fork: the child must not import or load anything.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_for_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent_pid:
            os._exit(1)

    return ask_for_signal
