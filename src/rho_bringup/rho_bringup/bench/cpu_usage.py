# SPDX-License-Identifier: Apache-2.0
"""How much of a core processes use, from /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

_PROC = Path('/proc')


class CpuUsage:
    """Time that processes computed since `restart`. Time comes in as an argument."""

    def __init__(self, pids: Mapping[str, int], proc: Path = _PROC) -> None:
        """Watch processes, given by name."""
        self._pids = dict(pids)
        self._proc = proc
        self._start_s = 0.0
        self._before: dict[str, float] = {}

    def restart(self, now_s: float) -> None:
        """Measure from now on."""
        self._start_s = now_s
        self._before = self._computed_s()

    def percent(self, now_s: float) -> dict[str, float]:
        """Return the share of one core that each living process used since `restart` [%]."""
        elapsed_s = now_s - self._start_s
        if elapsed_s <= 0:
            return {}
        now = self._computed_s()
        return {name: round(100.0 * (now[name] - before) / elapsed_s, 1)
                for name, before in self._before.items() if name in now}

    def _computed_s(self) -> dict[str, float]:
        found = {}
        for name, pid in self._pids.items():
            try:
                text = (self._proc / str(pid) / 'stat').read_text(encoding='utf-8')
            except (FileNotFoundError, ProcessLookupError):
                continue
            found[name] = computed_s(text)
        return found


def computed_s(stat: str) -> float:
    """Return user and system time of a process [s] from its `stat` (see proc(5))."""
    # The name of the program may hold spaces and brackets; what follows the last one is regular.
    fields = stat.rpartition(')')[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf('SC_CLK_TCK')
