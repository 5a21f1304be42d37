# SPDX-License-Identifier: Apache-2.0
"""Takes the messages of one stream for the watchdog, and no more of them than it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_settings import StreamSettings
from rho_core.safety.stream_settings import to_ns
from rho_core.streams.observation import Observation

# As long as the newest message is younger than this part of its deadline, none is taken.
_FRESH = 0.5
# A role's verdict must be known at once.
_AT_ONCE = (StreamKind.TRAJECTORY, StreamKind.CONTROLLER, StreamKind.GEOMETRY, StreamKind.ESTOP)


def is_urgent(settings: StreamSettings) -> bool:
    """Return whether a message must be looked at in the cycle in which it came."""
    # Joint states come many times within half their deadline, images hardly once.
    is_repetition_timed = settings.freeze is not None and settings.kind is StreamKind.IMAGE
    return (needs_all(settings) or is_repetition_timed or bool(settings.loads)
            or settings.kind in _AT_ONCE)


def needs_all(settings: StreamSettings) -> bool:
    """Return whether each message counts, not only the newest one."""
    return settings.gap is not None or settings.rate is not None


class Subscription(Protocol):
    """Where serialised messages wait."""

    def take(self) -> bytes | None:
        """Return the oldest one, None when there is none."""

    def take_all(self) -> list[bytes]:
        """Return all of them, oldest first."""


class WatchedStream:
    """Turns what waits in a subscription into observations.

    Taking a message costs more than deciding about it. A stream of which only the age is of
    interest is therefore left alone while its newest message is young, and looked at in each
    cycle from then on: what is found to be late was looked for just then.
    """

    def __init__(
        self,
        settings: StreamSettings,
        subscription: Subscription,
        read: Callable[[bytes, int, int], Observation],
        on_unreadable: Callable[[str], object],
        *,
        is_compared: bool = False,
    ) -> None:
        """Set up.

        Args:
            settings: what is looked at.
            subscription: keeps the newest message only, unless `needs_all`.
            read: makes an observation of a message, ROS time and steady time [ns].
            on_unreadable: called with the reason, the first time that `read` raises ValueError.
            is_compared: whether its newest stamp is compared with that of another stream.
        """
        self._subscription = subscription
        self._read = read
        self._on_unreadable = on_unreadable
        self._needs_all = needs_all(settings)
        self._fresh_ns = (0 if is_compared or is_urgent(settings)
                          else round(_FRESH * to_ns(settings.deadline_ms)))
        self._newest_ns: int | None = None
        self._is_unreadable = False

    def poll(self, now_ns: int, steady_ns: int, observations: list[Observation]) -> None:
        """Append what was received; an unreadable message counts as not received."""
        newest_ns = self._newest_ns
        if newest_ns is not None and 0 <= now_ns - newest_ns < self._fresh_ns:
            return
        if self._needs_all:
            for data in self._subscription.take_all():
                self._add(data, now_ns, steady_ns, observations)
            return
        taken = self._subscription.take()
        if taken is not None:
            self._add(taken, now_ns, steady_ns, observations)

    def _add(
        self, data: bytes, now_ns: int, steady_ns: int, observations: list[Observation]
    ) -> None:
        try:
            item = self._read(data, now_ns, steady_ns)
        except ValueError as error:
            if not self._is_unreadable:
                self._is_unreadable = True
                self._on_unreadable(str(error))
            return
        self._newest_ns = item.stamp_ns
        observations.append(item)
