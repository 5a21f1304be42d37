# SPDX-License-Identifier: Apache-2.0
"""A sensor for tests: AnySkin bytes on a pseudo-terminal that can be unplugged."""

import os
import struct
import tty
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

TAIL = b'\r\n'


def anyskin_frame(fields_ut: ArrayLike, temperature_c: float = 25.0) -> bytes:
    """Makes one frame.

    Args:
        fields_ut: shape (n, 3) [uT].
        temperature_c: the same for all magnetometers.
    """
    rows = np.asarray(fields_ut, dtype=np.float64).reshape(-1, 3)
    return b''.join(struct.pack('<4f', temperature_c, *row) for row in rows.tolist()) + TAIL


class FakeSensor:
    """A pseudo-terminal behind a link with a fixed name, as udev gives to real devices."""

    def __init__(self, path: Path) -> None:
        """Plugs the sensor in.

        Args:
            path: name of the device.
        """
        self._path = path
        self._master = -1
        self._slave = -1
        self.plug()

    @property
    def device(self) -> str:
        """Path of the device."""
        return str(self._path)

    def plug(self) -> None:
        """Makes the device appear."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Makes the device vanish; harmless when it is away."""
        if self._master >= 0:
            self._path.unlink()
            os.close(self._slave)
            os.close(self._master)
            self._master = self._slave = -1

    def send(self, data: bytes) -> None:
        """Sends bytes; like a real line it drops them when nobody reads."""
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return
