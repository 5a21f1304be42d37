# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs the loop in plain C, the limit of what a loop can reach on this machine."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rho_core.errors import RhoError

SOURCE = Path(__file__).with_name('c_loop.c')
_COMPILE_S = 60.0
_MARGIN_S = 10.0


class CLoopError(RhoError):
    """The C loop could not be compiled or run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CLoopResult:
    """What the C loop reached; wake lateness in microseconds."""

    cycles: int
    missed_cycles: int
    realtime: bool
    wake_late_us: Mapping[str, float]

    def tree(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {'cycles': self.cycles, 'missed_cycles': self.missed_cycles,
                'realtime': self.realtime, 'wake_late_us': dict(self.wake_late_us)}


def find_compiler() -> str | None:
    """Return a C compiler, None: there is none."""
    named = os.environ.get('CC', '')
    return next((found for name in (named, 'cc', 'gcc', 'clang')
                 if name and (found := shutil.which(name))), None)


def compile_c_loop(folder: Path, compiler: str) -> Path:
    """Compile the C loop and return the program.

    Args:
        folder: Existing folder for the program.
        compiler: C compiler.

    Raises:
        CLoopError: The compiler refuses.
    """
    program = folder / 'c_loop'
    run = subprocess.run(
        [compiler, '-O2', '-std=gnu11', str(SOURCE), '-o', str(program)],
        capture_output=True, text=True, timeout=_COMPILE_S, check=False)
    if run.returncode != 0:
        raise CLoopError(f'{compiler} does not compile {SOURCE.name}: {run.stderr.strip()}')
    return program


class CLoop:
    """One run of the C loop, in the background."""

    def __init__(
        self, program: Path, *, period_ns: int, phase_ns: int, early_ns: int, priority: int,
        seconds: float,
    ) -> None:
        """Start it.

        Args:
            program: What `compile_c_loop` made.
            period_ns: Time between two deadlines [ns].
            phase_ns: Distance of the deadlines from the multiples of the period [ns].
            early_ns: How long before a deadline it waits actively [ns].
            priority: Wanted SCHED_FIFO priority.
            seconds: How long it runs [s].
        """
        self._seconds = seconds
        self._process = subprocess.Popen(
            [str(program), *map(str, (period_ns, phase_ns, early_ns, priority, seconds))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def result(self) -> CLoopResult:
        """Wait until it ends and return what it measured.

        Raises:
            CLoopError: It failed or does not end.
        """
        try:
            out, complaint = self._process.communicate(timeout=self._seconds + _MARGIN_S)
        except subprocess.TimeoutExpired:
            self.close()
            raise CLoopError('the C loop does not end') from None
        if self._process.returncode != 0:
            raise CLoopError(f'the C loop failed: {complaint.strip()}')
        return parse_result(out)

    def close(self) -> None:
        """End it early. Does nothing when it has ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def parse_result(line: str) -> CLoopResult:
    """Read what the C loop prints.

    Raises:
        CLoopError: It is not seven whole numbers.
    """
    try:
        cycles, missed, granted, *late_ns = map(int, line.split())
        names = dict(zip(('p50', 'p99', 'p99_9', 'max'), late_ns, strict=True))
    except ValueError:
        raise CLoopError(f'the C loop: expected seven whole numbers, got {line!r}') from None
    return CLoopResult(
        cycles=cycles, missed_cycles=missed, realtime=bool(granted),
        wake_late_us={name: value / 1e3 for name, value in names.items()})
