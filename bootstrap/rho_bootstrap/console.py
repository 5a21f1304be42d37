# SPDX-License-Identifier: Apache-2.0
"""What the user sees of set-up: numbered steps, elapsed time, and the log when one fails."""

import os
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import IO

from rho_bootstrap.errors import SetupError

_HEARTBEAT_S = 15.0
_KEPT_LINES = 25
_GRACE_S = 10.0


def say(text: str) -> None:
    """Print one line of set-up's own."""
    print(f'rho: {text}', flush=True)


class Console:
    """Runs the commands of numbered steps; their full output goes to a log file."""

    def __init__(self, log: Path, total: int) -> None:
        """Start a log.

        Args:
            log: File for the full output; replaced.
            total: How many steps there will be.
        """
        self._log_path = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log: IO[bytes] = log.open('wb')
        self._total = total
        self._number = 0
        self._title = ''
        self._began_s = time.monotonic()
        self._step_began_s = self._began_s
        self._live = sys.stdout.isatty()

    def begin(self, title: str) -> None:
        """Announce the next step."""
        self._number += 1
        self._title = title
        self._step_began_s = time.monotonic()
        self._log.write(f'\n==== {title}\n'.encode())
        self._say(f'[{self._number}/{self._total}] {title} ...')

    def end(self, result: str = 'done') -> None:
        """Close the step that was begun."""
        self._clear()
        elapsed_s = time.monotonic() - self._step_began_s
        self._say(f'[{self._number}/{self._total}] {self._title}: {result} in {elapsed_s:.0f} s')

    def close(self) -> None:
        """Say how long everything took."""
        self._say(f'set-up finished in {time.monotonic() - self._began_s:.0f} s')
        self._log.close()

    def run(
        self, command: list[str], *, env: dict[str, str], cwd: Path, keep_fd: int = -1
    ) -> list[str]:
        """Run a command to its end and show that it lives.

        Args:
            command: What to run.
            env: Its whole environment.
            cwd: Where to run it.
            keep_fd: A descriptor that the command inherits (the lock), or -1.

        Returns:
            The last lines of its output.

        Raises:
            SetupError: The command failed; the message carries its last lines.
        """
        self._log.write(f'$ {shlex.join(command)}\n'.encode())
        self._log.flush()
        process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(keep_fd,) if keep_fd >= 0 else (),
        )
        try:
            lines = self._follow(process)
            code = process.wait()
        except BaseException:
            _stop(process)
            raise
        if code != 0:
            self._clear()
            tail = '\n'.join(f'    {line}' for line in lines)
            raise SetupError(
                f'{self._title} failed (exit code {code}). Its last lines:\n{tail}\n'
                f'  The full log: {self._log_path}\n'
                '  The next ./rho goes on from here.'
            )
        return lines

    def _follow(self, process: subprocess.Popen[bytes]) -> list[str]:
        kept: deque[str] = deque(maxlen=_KEPT_LINES)
        stream = process.stdout
        if stream is None:
            return []
        pending = b''
        told_s = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while True:
                if selector.select(timeout=1.0):
                    data = os.read(stream.fileno(), 65536)
                    if not data:
                        break
                    self._log.write(data)
                    *complete, pending = (pending + data).split(b'\n')
                    kept.extend(line.decode(errors='replace').rstrip() for line in complete)
                if self._live:
                    self._show(kept[-1] if kept else '')
                elif time.monotonic() - told_s > _HEARTBEAT_S:
                    told_s = time.monotonic()
                    self._say(f'    {told_s - self._step_began_s:4.0f} s  {_short(kept)}')
        self._log.flush()
        if pending:
            kept.append(pending.decode(errors='replace').rstrip())
        return list(kept)

    def _show(self, line: str) -> None:
        elapsed_s = time.monotonic() - self._step_began_s
        sys.stdout.write(f'\r\033[K    {elapsed_s:4.0f} s  {line.strip()[:70]}')
        sys.stdout.flush()

    def _clear(self) -> None:
        if self._live:
            sys.stdout.write('\r\033[K')
            sys.stdout.flush()

    def _say(self, text: str) -> None:
        self._clear()
        say(text)


def _short(lines: deque[str]) -> str:
    return lines[-1].strip()[:70] if lines else ''


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
