# SPDX-License-Identifier: Apache-2.0
"""A serial cable that can be pulled: carries bytes from one line to a pseudo-terminal.

    python -m rho_bringup.bench.watchdog.serial_bridge SOURCE LINK

When its process is killed the driver at the other end sees what it sees when a plug is pulled: the
device hangs up and its name leads nowhere.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import tty
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rho_sim.live.pty_line import PtyLine

_WAIT_S = 0.2
_RETRY_S = 0.02
_CHUNK_BYTES = 4096


class SerialBridge:
    """Copies bytes one way; opens the source again whenever it goes."""

    def __init__(self, source: Path, link: Path) -> None:
        """Open the pseudo-terminal at once; the source may come later."""
        self._source = source
        self._line = PtyLine(link)
        self._descriptor: int | None = None

    def step(self) -> None:
        """Carry what has arrived, waiting a short while for it."""
        if self._descriptor is None and not self._open():
            time.sleep(_RETRY_S)
            return
        assert self._descriptor is not None
        try:
            ready, _, _ = select.select([self._descriptor], [], [], _WAIT_S)
            data = os.read(self._descriptor, _CHUNK_BYTES) if ready else None
        except OSError:
            data = b''
        if data == b'':
            self._close_source()
        elif data is not None:
            self._line.write(data)

    def close(self) -> None:
        """Let go of both ends."""
        self._close_source()
        self._line.close()

    def _open(self) -> bool:
        try:
            self._descriptor = os.open(self._source, os.O_RDONLY | os.O_NOCTTY)
            tty.setraw(self._descriptor)
        except OSError:
            self._close_source()
            return False
        return True

    def _close_source(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):  # a line that hung up is closed already
                os.close(descriptor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry bytes until a signal ends it."""
    source, link = sys.argv[1:3] if arguments is None else arguments
    is_ending = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_ending
        is_ending = True

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    bridge = SerialBridge(Path(source), Path(link))
    while not is_ending:
        bridge.step()
    bridge.close()
    return 0


if __name__ == '__main__':
    sys.exit(main())
