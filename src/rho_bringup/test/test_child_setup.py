# SPDX-License-Identifier: Apache-2.0
"""Tests of what a node's process does before it becomes the node."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rho_bringup.runner.child_setup import child_setup

pytestmark = pytest.mark.skipif(not sys.platform.startswith('linux'), reason='Linux only')

DEADLINE_S = 10.0
CHILD = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (print('interrupted', flush=True), sys.exit(0)))
print('up', flush=True)
time.sleep(60)
"""
PARENT = f"""
import os, subprocess, sys, time
from rho_bringup.runner.child_setup import child_setup
subprocess.Popen([sys.executable, '-c', {CHILD!r}], start_new_session=True,
                 preexec_fn=child_setup(os.getpid()))
time.sleep(60)
"""


def test_child_is_interrupted_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, '-c', PARENT], stdout=subprocess.PIPE,
                          text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == 'up\n'
        os.kill(parent.pid, signal.SIGKILL)
        assert parent.stdout.readline() == 'interrupted\n'


def test_missing_permission_for_priority_is_no_error() -> None:
    # Raising the niceness is always permitted, so this works for every user.
    done = subprocess.run(
        [sys.executable, '-c', 'import os; print(os.getpriority(os.PRIO_PROCESS, 0))'],
        preexec_fn=child_setup(os.getpid(), niceness=5), capture_output=True, text=True,
        timeout=DEADLINE_S, check=True)
    assert int(done.stdout) == 5


@pytest.mark.skipif(not Path('/proc/self/autogroup').exists(), reason='kernel has no autogroups')
def test_priority_counts_against_other_sessions() -> None:
    done = subprocess.run(
        [sys.executable, '-c', 'print(open("/proc/self/autogroup").read())'],
        start_new_session=True, preexec_fn=child_setup(os.getpid(), niceness=5),
        capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    assert 'nice 5' in done.stdout
