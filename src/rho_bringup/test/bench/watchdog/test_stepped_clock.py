# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rho_bringup.bench.control.c_loop import find_compiler
from rho_bringup.bench.watchdog.stepped_clock import SteppedClock
from rho_bringup.stack_errors import StackError

pytestmark = pytest.mark.skipif(find_compiler() is None, reason='there is no C compiler')

# Prints wall clock, steady clock and how long a wait until a point of the wall clock took, when
# told to.
PROGRAM = """
import ctypes, sys, time

class Timespec(ctypes.Structure):
    _fields_ = [('sec', ctypes.c_long), ('nsec', ctypes.c_long)]

libc = ctypes.CDLL(None)
for _line in sys.stdin:
    begin_s = time.monotonic()
    semaphore = ctypes.create_string_buffer(64)
    libc.sem_init(semaphore, 0, 0)
    until_ns = time.time_ns() + 50_000_000
    until = Timespec(*divmod(until_ns, 1_000_000_000))
    libc.sem_timedwait(semaphore, ctypes.byref(until))
    print(time.time(), time.monotonic(), time.monotonic() - begin_s, flush=True)
"""


def test_wall_clock_steps_and_waits_keep_their_length(tmp_path: Path) -> None:
    clock = SteppedClock(tmp_path)
    with subprocess.Popen(
        [sys.executable, '-c', PROGRAM], env={**os.environ, **clock.environment()}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for offset_s in (0.0, 1000.0, -1000.0, 0.0):
            clock.step_to(offset_s)
            process.stdin.write('go\n')
            process.stdin.flush()
            wall_s, steady_s, waited_s = map(float, process.stdout.readline().split())
            assert wall_s - time.time() == pytest.approx(offset_s, abs=5.0)
            assert steady_s == pytest.approx(time.monotonic(), abs=5.0)
            assert 0.04 < waited_s < 5.0
        process.stdin.close()
        assert process.wait(10.0) == 0


def test_process_without_the_file_has_the_machines_clock(tmp_path: Path) -> None:
    clock = SteppedClock(tmp_path)
    clock.step_to(1000.0)
    environment = {**os.environ, **clock.environment()}
    del environment['RHO_CLOCK_OFFSET']
    said = subprocess.run([sys.executable, '-c', 'import time; print(time.time())'],
                          env=environment, capture_output=True, text=True, timeout=30, check=True)
    assert float(said.stdout) == pytest.approx(time.time(), abs=30.0)


def test_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    monkeypatch.delenv('CC', raising=False)
    with pytest.raises(StackError, match='C compiler is needed'):
        SteppedClock(tmp_path)
