# SPDX-License-Identifier: Apache-2.0
"""The wire format of RTDE, version 2, as Universal Robots' public guide describes it.

A package is a big-endian uint16 size (of all of it), a uint8 type and a payload. Recipes name the
fields of data packages; the other side answers with their types.
"""

from __future__ import annotations

import enum
import re
import struct
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TypeAlias

Value: TypeAlias = bool | int | float | tuple[float, ...]

_HEAD = struct.Struct('>HB')
_TYPES = {'BOOL': '?', 'UINT8': 'B', 'INT32': 'i', 'UINT32': 'I', 'UINT64': 'Q', 'DOUBLE': 'd',
          'VECTOR3D': '3d', 'VECTOR6D': '6d'}
_FIELDS = {
    'timestamp': 'DOUBLE', 'actual_q': 'VECTOR6D', 'actual_qd': 'VECTOR6D',
    'target_q': 'VECTOR6D', 'robot_mode': 'INT32', 'safety_mode': 'INT32',
    'robot_status_bits': 'UINT32', 'safety_status_bits': 'UINT32', 'runtime_state': 'UINT32',
    'speed_scaling': 'DOUBLE', 'target_speed_fraction': 'DOUBLE',
    'external_force_torque': 'VECTOR6D',
}
_REGISTERS = {'bit': 'BOOL', 'int': 'INT32', 'double': 'DOUBLE'}
_REGISTER = re.compile(r'(?:in|out)put_(bit|int|double)_register_\d+')


class PackageType(enum.IntEnum):
    """What a package is about; the letters of the guide."""

    REQUEST_PROTOCOL_VERSION = ord('V')
    GET_CONTROLLER_VERSION = ord('v')
    TEXT_MESSAGE = ord('M')
    DATA = ord('U')
    SETUP_OUTPUTS = ord('O')
    SETUP_INPUTS = ord('I')
    START = ord('S')
    PAUSE = ord('P')


def pack(kind: PackageType, payload: bytes = b'') -> bytes:
    """Make a package."""
    return _HEAD.pack(_HEAD.size + len(payload), kind) + payload


def take_package(buffer: bytearray) -> tuple[PackageType, bytes] | None:
    """Cut the first complete package off a buffer, None if there is none.

    Raises:
        ValueError: this is not RTDE.
    """
    if len(buffer) < _HEAD.size:
        return None
    size, kind = _HEAD.unpack_from(buffer)
    if size < _HEAD.size:
        raise ValueError(f'RTDE: expected a size of at least {_HEAD.size}, got {size}')
    if len(buffer) < size:
        return None
    payload = bytes(buffer[_HEAD.size:size])
    del buffer[:size]
    return PackageType(kind), payload


def type_of(field: str) -> str:
    """Return the type of a field, NOT_FOUND if there is no such field."""
    register = _REGISTER.fullmatch(field)
    return _REGISTERS[register[1]] if register else _FIELDS.get(field, 'NOT_FOUND')


class Recipe:
    """The fields of one kind of data package."""

    def __init__(self, identifier: int, fields: Sequence[str]) -> None:
        """Remember them.

        Args:
            identifier: number of the recipe, 1 to 255.
            fields: names in order; unknown ones make a recipe that is only good to be refused.
        """
        self.identifier = identifier
        self.fields = tuple(fields)
        self.types = tuple(type_of(field) for field in fields)
        self._struct = struct.Struct('>' + ''.join(_TYPES.get(one, '') for one in self.types))

    @classmethod
    def parse(cls, identifier: int, text: bytes) -> Recipe:
        """Read the comma separated fields of a set-up package."""
        return cls(identifier, [name for name in text.decode('ascii').split(',') if name])

    def answer(self) -> bytes:
        """Return the payload that answers the set-up."""
        return bytes([self.identifier]) + ','.join(self.types).encode('ascii')

    def pack(self, values: Mapping[str, Value]) -> bytes:
        """Make the payload of a data package; a field without a value is 0."""
        flat: list[bool | int | float] = []
        for field, kind in zip(self.fields, self.types, strict=True):
            value = values.get(field, (0.0,) * int(kind[-2]) if kind.startswith('VECTOR') else 0)
            flat += value if isinstance(value, tuple) else (value,)
        return bytes([self.identifier]) + self._struct.pack(*flat)

    def unpack(self, payload: bytes) -> dict[str, Value]:
        """Read the payload of a data package."""
        flat = iter(self._struct.unpack(payload[1:]))
        return {
            field: tuple(next(flat) for _ in range(int(kind[-2]))) if kind.startswith('VECTOR')
            else next(flat)
            for field, kind in zip(self.fields, self.types, strict=True)
        }
