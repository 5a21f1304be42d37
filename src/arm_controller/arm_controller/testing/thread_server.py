# SPDX-License-Identifier: Apache-2.0
"""The process of a vendor's library as a thread, for a link that a test holds in its hands."""

from __future__ import annotations

import socket
from threading import Thread

from arm_controller.backends.link import ArmLink
from arm_controller.backends.link_server import LinkServer

_END_S = 2.0


class ThreadServer:
    """A `LinkServer` in a thread."""

    def __init__(
        self, link: ArmLink, connection: socket.socket, *, period_s: float = 0.002
    ) -> None:
        """Serve at once."""
        server = LinkServer(link, connection, period_s=period_s)
        self._thread = Thread(target=server.serve, name='link', daemon=True)
        self._thread.start()

    def end(self) -> str:
        """Wait until it has ended."""
        self._thread.join(_END_S)
        return 'the link did not end' if self._thread.is_alive() else ''
