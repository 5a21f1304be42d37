# SPDX-License-Identifier: Apache-2.0
"""Bytes from a serial port, a USB serial adapter or a pseudo-terminal."""

import errno
import os
import select
import termios

import serial

from tactile_driver.transports.transport import TransportError

_CHUNK_BYTES = 4096

_ADVICE = {
    errno.ENOENT: 'there is no such device: is it plugged in? ls -l /dev/serial/by-id shows the '
    'connected ones',
    errno.EACCES: "no permission: add the user to the group of the device ('dialout' on Debian "
    'and Ubuntu) and log in again',
    errno.EPERM: "no permission: add the user to the group of the device ('dialout' on Debian "
    'and Ubuntu) and log in again',
    errno.EBUSY: 'another process uses it: end that one, or is the same device given twice?',
    errno.EWOULDBLOCK: 'another process uses it: end that one, or is the same device given twice?',
    errno.ENOTTY: 'it is not a serial device',
    errno.ENXIO: 'its driver answers that the hardware is gone: plug it in again',
    errno.EIO: 'its driver answers that the hardware is gone: plug it in again',
}


class SerialTransport:
    """A serial device, opened exclusively, read without spinning."""

    def __init__(self, device: str, baud: int) -> None:
        """Remembers what to open.

        Args:
            device: path of the device.
            baud: symbols per second; 8 data bits, no parity, 1 stop bit.
        """
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None

    @property
    def is_open(self) -> bool:
        """Whether the device is open."""
        return self._port is not None

    def open(self) -> None:
        """Opens the device; what had piled up in it is dropped.

        Raises:
            TransportError: it cannot be opened.
        """
        self.close()
        try:
            port = serial.Serial(self._device, self._baud, timeout=0.0, exclusive=True)
        except (OSError, ValueError) as error:
            raise self._cannot_open(error) from error
        self._port = port
        self.discard()

    def read(self, wait_s: float) -> bytes:
        """Waits in the kernel for bytes and takes all that are there.

        Raises:
            TransportError: the device is lost or was never opened.
        """
        if self._port is None:
            raise TransportError(f'{self._device}: read before open')
        try:
            descriptor = self._port.fileno()
            ready, _, _ = select.select([descriptor], [], [], wait_s)
            if not ready:
                return b''
            data = os.read(descriptor, _CHUNK_BYTES)
        except (OSError, ValueError) as error:
            self.close()
            raise TransportError(f'{self._device} was lost: {error}') from error
        if not data:
            self.close()
            raise TransportError(f'{self._device} was lost: it reports the end of the line')
        return data

    def discard(self) -> None:
        """Drops what has piled up unread.

        Raises:
            TransportError: the device is lost.
        """
        if self._port is None:
            return
        try:
            self._port.reset_input_buffer()
        except (OSError, termios.error) as error:
            self.close()
            raise TransportError(f'{self._device} was lost: {error}') from error

    def close(self) -> None:
        """Closes the device; harmless when it is closed."""
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except OSError as error:
                # An unplugged device fails to close; its descriptor is gone all the same.
                if error.errno not in (errno.EIO, errno.EBADF, errno.ENODEV):
                    raise

    def _cannot_open(self, error: Exception) -> TransportError:
        number = getattr(error, 'errno', None)
        advice = _ADVICE.get(number, str(error)) if number is not None else str(error)
        return TransportError(f'cannot open {self._device} at {self._baud} baud: {advice}')
