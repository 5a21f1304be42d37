# SPDX-License-Identifier: Apache-2.0
"""What a controller and the process of its arm's library say to each other.

One datagram of a local socket per message. Both ends are of the same version and machine.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from arm_controller.backends.link import LinkSample

MAX_BYTES = 4096

_SAMPLE = b'S'
_READY = b'R'
_PROBLEM = b'P'
_HEAD = struct.Struct('=cqd')
_DOUBLE = struct.calcsize('d')

READY = _READY
"""The arm is connected and follows."""


def pack_command(positions: Sequence[float]) -> bytes:
    """Make a command [rad, m] a datagram."""
    return struct.pack(f'={len(positions)}d', *positions)


def unpack_command(data: bytes) -> tuple[float, ...]:
    """Read a command."""
    return struct.unpack(f'={len(data) // _DOUBLE}d', data)


def pack_sample(sample: LinkSample, received_ns: int) -> bytes:
    """Make a sample and the steady time of its reception [ns] a datagram."""
    return (_HEAD.pack(_SAMPLE, received_ns, sample.device_s)
            + pack_command(sample.positions))


def unpack_sample(data: bytes) -> tuple[LinkSample, int] | None:
    """Read a sample and the steady time of its reception [ns]; None if it is something else."""
    if data[:1] != _SAMPLE:
        return None
    _, received_ns, device_s = _HEAD.unpack_from(data)
    positions = unpack_command(data[_HEAD.size:])
    return LinkSample(device_s=device_s, positions=positions), received_ns


def pack_problem(text: str) -> bytes:
    """Make it known why the arm is lost."""
    return _PROBLEM + text.encode()[:MAX_BYTES // 2]


def unpack_problem(data: bytes) -> str:
    """Read why the arm is lost; empty if it is something else."""
    return data[1:].decode(errors='replace') if data[:1] == _PROBLEM else ''
