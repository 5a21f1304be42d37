# SPDX-License-Identifier: Apache-2.0
"""Stamps of finished steps and the lock around set-up."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def digest(*parts: str | bytes) -> str:
    """Return one hash of all parts; their boundaries count."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, 'little') + data)
    return total.hexdigest()


def read_stamp(path: Path) -> dict[str, object]:
    """Return what a stamp says; empty when there is none or it is broken."""
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_stamp(path: Path, content: dict[str, object]) -> None:
    """Write a stamp in one piece: it is there completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f'{path.name}.{os.getpid()}')
    with draft.open('w', encoding='utf-8') as stream:
        json.dump(content, stream, indent=1, sort_keys=True)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


class Lock:
    """An advisory lock on a file, held by this process and the children that inherit it.

    Children get the descriptor too (`pass_fds`). So a pip whose parent was killed keeps the lock
    until it has ended, and the next run does not write into the same folder at the same time.
    """

    def __init__(self, path: Path) -> None:
        """Name the lock; nothing is opened yet."""
        self._path = path
        self.fd = -1

    @contextmanager
    def held(self, announce: str, say: Callable[[str], None]) -> Iterator[None]:
        """Hold the lock for a block; say `announce` once if somebody else has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(announce)
                fcntl.flock(self.fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(self.fd)
            self.fd = -1
