# SPDX-License-Identifier: Apache-2.0
"""The sending end of a serial line made of a pseudo-terminal."""

import os
import termios
import tty
from pathlib import Path


class PtyLine:
    """A pseudo-terminal in raw mode with a symbolic link to its receiving end.

    Writing never blocks: when nobody reads and the buffer is full, what waits in it is dropped,
    so a reader that comes late finds fresh bytes.
    """

    def __init__(self, link: Path) -> None:
        """Open the pseudo-terminal and point the link at it.

        Args:
            link: path of the link; a link that is there is replaced, anything else is an error.

        Raises:
            FileExistsError: when something that is no link stands there.
        """
        if link.exists() and not link.is_symlink():
            raise FileExistsError(f'{link}: expected a free path or an old link; remove it')
        link.parent.mkdir(parents=True, exist_ok=True)
        self.link = link
        self.dropped = 0
        self._sender, self._receiver = os.openpty()
        tty.setraw(self._receiver)
        os.set_blocking(self._sender, False)
        self.device = os.ttyname(self._receiver)
        fresh = link.with_name(f'.{link.name}.{os.getpid()}')
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.device)
        fresh.replace(link)

    def write(self, data: bytes) -> None:
        """Send bytes, dropping older ones when the buffer is full."""
        try:
            if os.write(self._sender, data) == len(data):
                return
        except BlockingIOError:
            pass
        self.dropped += 1
        termios.tcflush(self._receiver, termios.TCIFLUSH)
        try:
            os.write(self._sender, data)
        except BlockingIOError:
            self.dropped += 1

    def close(self) -> None:
        """Close the line and remove the link, unless it points elsewhere by now."""
        if self._sender < 0:
            return
        if self.link.is_symlink() and os.readlink(self.link) == self.device:
            self.link.unlink()
        os.close(self._sender)
        os.close(self._receiver)
        self._sender = self._receiver = -1
