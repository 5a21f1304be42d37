# SPDX-License-Identifier: Apache-2.0
"""Reads a few fields out of serialised messages, without making Python objects of the rest.

Source of the format: CORBA CDR as in OMG DDS-RTPS 2.5, 10.2: four bytes of encapsulation, then
values aligned to their size, counted from the end of the encapsulation.
"""

from __future__ import annotations

import struct
from typing import Any

_CDR_LITTLE = b'\x00\x01'
_START = 4
_TIME = struct.Struct('<iI')
_UINT32 = struct.Struct('<I')
_NS_PER_S = 1_000_000_000


class CdrReader:
    """Goes through a serialised message from its start.

    Raises ValueError in each method when the message ends too early.
    """

    __slots__ = ('_at', '_data')

    def __init__(self, data: bytes) -> None:
        """Begin after the encapsulation.

        Raises:
            ValueError: it is not little-endian CDR.
        """
        if data[:2] != _CDR_LITTLE:
            raise ValueError(f'expected little-endian CDR, got encapsulation {data[:2].hex()}')
        self._data = data
        self._at = _START

    def header(self) -> int:
        """Read a std_msgs/Header and return its stamp [ns]."""
        sec, nanosec = self.take(_TIME, 4)
        self.skip_string()
        return int(sec) * _NS_PER_S + int(nanosec)

    def take(self, layout: struct.Struct, alignment: int) -> tuple[Any, ...]:
        """Read values that lie side by side.

        Args:
            layout: little-endian layout, with its padding if there is any.
            alignment: size of its first value [bytes].
        """
        start = self._aligned(alignment)
        self._at = start + layout.size
        try:
            return layout.unpack_from(self._data, start)
        except struct.error as error:
            raise ValueError(f'message too short: {error}') from error

    def uint32(self) -> int:
        """Read an unsigned integer of four bytes."""
        value: int = self.take(_UINT32, 4)[0]
        return value

    def string(self) -> str:
        """Read a string."""
        return self._bytes(self.uint32()).rstrip(b'\x00').decode('utf-8', 'replace')

    def position_of(self, alignment: int) -> int:
        """Return where in the message the next value of a size begins."""
        return self._aligned(alignment)

    def skip_string(self) -> None:
        """Pass over a string."""
        count = self.uint32()
        self._at += count

    def array(self, item_bytes: int) -> bytes:
        """Read a sequence of numbers.

        Args:
            item_bytes: size of a number [bytes].

        Returns:
            The numbers, little-endian.
        """
        count = self.uint32()
        if count:
            self._at = self._aligned(item_bytes)
        return self._bytes(count * item_bytes)

    def view(self) -> memoryview:
        """Read a sequence of bytes without a copy."""
        count = self.uint32()
        end = self._at + count
        if end > len(self._data):
            raise ValueError(f'message too short: expected {end} bytes, got {len(self._data)}')
        values = memoryview(self._data)[self._at:end]
        self._at = end
        return values

    def skip_array(self, item_bytes: int) -> None:
        """Pass over a sequence of numbers."""
        count = self.uint32()
        if count:
            self._at = self._aligned(item_bytes) + count * item_bytes

    def skip_strings(self) -> None:
        """Pass over a sequence of strings."""
        for _ in range(self.uint32()):
            self.skip_string()

    def strings(self) -> tuple[str, ...]:
        """Read a sequence of strings."""
        return tuple(self.string() for _ in range(self.uint32()))

    def _aligned(self, alignment: int) -> int:
        return self._at + (_START - self._at) % alignment

    def _bytes(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise ValueError(f'message too short: expected {end} bytes, got {len(self._data)}')
        value = self._data[self._at:end]
        self._at = end
        return value
