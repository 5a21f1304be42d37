# SPDX-License-Identifier: Apache-2.0
"""ROS domains of their own for stacks and tests that must not meet others on this machine."""

import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO

# Up to 101 the UDP ports of a domain stay below Linux's ephemeral ports.
_DOMAIN_IDS = range(1, 102)
_held: dict[int, IO[str]] = {}


def free_domain_id() -> int:
    """Reserves a ROS_DOMAIN_ID that no other stack or test of ours on this machine uses.

    It is held until `release_domain_id` or the end of the process.

    Raises:
        RuntimeError: all are in use.
    """
    count = len(_DOMAIN_IDS)
    for offset in range(count):
        domain_id = _DOMAIN_IDS[(os.getpid() + offset) % count]
        if domain_id not in _held and _lock(domain_id):
            return domain_id
    raise RuntimeError(f'all {count} ROS domains are in use: end some stacks or tests')


def release_domain_id(domain_id: int) -> None:
    """Gives a domain back."""
    lock = _held.pop(domain_id, None)
    if lock is not None:
        lock.close()


def _lock(domain_id: int) -> bool:
    path = Path(tempfile.gettempdir()) / f'rho_ros_domain_{domain_id}.lock'
    try:
        file = path.open('a', encoding='ascii')
    except PermissionError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _held[domain_id] = file
    return True
