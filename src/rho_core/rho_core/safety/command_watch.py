# SPDX-License-Identifier: Apache-2.0
"""Whether the arms get their trajectories while a policy runs."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping

from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.stream_watch import StreamWatch
from rho_core.streams.fault import FaultKind
from rho_core.streams.fault import StreamFault
from rho_core.streams.observation import Observation


class CommandWatch:
    """Demands trajectories for all arms while a policy runs.

    The demand begins with the policy's word that it runs or with the first trajectory, whichever
    comes first, and ends with its word that it rests. It watches the trajectories themselves: a
    heartbeat could outlive a dead planner. While the policy's last word is that it rests, a
    trajectory is somebody else's: one motion that ends by itself, and no promise of more.
    """

    def __init__(self, watches: Mapping[str, StreamWatch]) -> None:
        """Demand nothing yet.

        Args:
            watches: of the arms' trajectories, by the name of the stream.
        """
        self._watches = dict(watches)
        self._excused: tuple[str, ...] = ()
        self._since_ns: int | None = None
        self._newest_ns = 0
        self._released_ns = 0
        self._is_policy_resting = False

    @property
    def is_demanding(self) -> bool:
        """Whether trajectories must come now."""
        return self._since_ns is not None

    def observe(self, item: Observation, now_ns: int) -> None:
        """Take note of a trajectory; one for an arm that is told to stop is void."""
        watch = self._watches[item.stream]
        if watch.rule.arms[0] in self._excused:
            return
        if self._since_ns is None:
            if self._is_policy_resting:
                return
            self._since_ns = item.received_ns
        self._newest_ns = now_ns
        watch.observe(item)

    def hear(self, activity: PolicyActivity, received_ns: int) -> None:
        """Take note of the policy's word.

        A word that it rests counts if it is newer than the last trajectory, one that it runs if
        it is newer than the end of the last demand.
        """
        if activity.is_running:
            self._is_policy_resting = False
            if self._since_ns is None and activity.stamp_ns > self._released_ns:
                self._since_ns = received_ns
        elif activity.stamp_ns > self._newest_ns:
            self._is_policy_resting = True
            self.release(activity.stamp_ns)

    def release(self, now_ns: int) -> None:
        """Demand nothing until the next trajectory, or the policy's next word that it runs."""
        self._since_ns = None
        self._released_ns = now_ns
        for watch in self._watches.values():
            watch.forget()

    def excuse(self, arms: Iterable[str]) -> None:
        """Demand nothing for these arms, which are told to stop, and for all others as before."""
        self._excused = tuple(arms)
        for watch in self._watches.values():
            if watch.rule.arms[0] in self._excused:
                watch.forget()

    def check(self, now_ns: int, steady_ns: int) -> list[tuple[StreamWatch, StreamFault]]:
        """Return what is wrong now, and with whose trajectories."""
        since_ns = self._since_ns
        if since_ns is None:
            return []
        found = []
        for watch in self._watches.values():
            if watch.rule.arms[0] in self._excused:
                continue
            for fault in watch.check(now_ns, steady_ns):
                # The other arm's first trajectory may be observed one decision later.
                is_young = steady_ns - since_ns <= watch.rule.deadline_ns
                if not (is_young and fault.kind is FaultKind.NEVER):
                    found.append((watch, fault))
        return found
