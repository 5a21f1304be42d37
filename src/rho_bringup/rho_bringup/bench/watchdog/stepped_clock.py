# SPDX-License-Identifier: Apache-2.0
"""A system clock that can be stepped for the processes of the cell alone."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

from rho_bringup.bench.control.c_loop import find_compiler
from rho_bringup.stack_errors import StackError

SOURCE = Path(__file__).with_name('stepped_clock.c')
_COMPILE_S = 60.0
_NS_PER_S = 1_000_000_000


class SteppedClock:
    """Moves the wall clock of every process that is started with its environment."""

    def __init__(self, folder: Path) -> None:
        """Compile the library; the clock is not stepped yet.

        Args:
            folder: Existing folder for library and shared offset.

        Raises:
            StackError: There is no C compiler, or it refuses.
        """
        compiler = find_compiler()
        if compiler is None:
            raise StackError('a C compiler is needed to step the clock (cc, gcc or clang): '
                             'install one or name it in CC')
        self._library = folder / 'stepped_clock.so'
        self._offset = folder / 'clock_offset'
        self._offset.write_bytes(struct.pack('@q', 0))
        run = subprocess.run(
            [compiler, '-O2', '-std=gnu11', '-shared', '-fPIC', str(SOURCE), '-o',
             str(self._library), '-ldl'],
            capture_output=True, text=True, timeout=_COMPILE_S, check=False)
        if run.returncode != 0:
            raise StackError(f'{compiler} does not compile {SOURCE.name}: {run.stderr.strip()}')

    def environment(self) -> dict[str, str]:
        """Return what a process needs in its environment."""
        loaded = os.environ.get('LD_PRELOAD', '')
        return {
            'LD_PRELOAD': f'{self._library}:{loaded}' if loaded else str(self._library),
            'RHO_CLOCK_OFFSET': str(self._offset),
        }

    def step_to(self, offset_s: float) -> None:
        """Let the clock run so far ahead of the machine's from now on, negative: behind [s]."""
        # In place and in one write: the processes have mapped the file.
        with self._offset.open('r+b', buffering=0) as file:
            file.write(struct.pack('@q', round(offset_s * _NS_PER_S)))
