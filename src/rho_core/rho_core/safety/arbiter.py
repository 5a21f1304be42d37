# SPDX-License-Identifier: Apache-2.0
"""Which of many faults counts for which arm, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from rho_core.errors import Refused
from rho_core.safety.cause import Cause
from rho_core.safety.finding import Finding
from rho_core.safety.permit import Permit
from rho_core.safety.track import Track

_NS_PER_S = 1e9


class Arbiter:
    """Follows every fault, and gives each arm the worst permit of those in force.

    A fault is in force once it has been present for as long as its reaction says. STOP stays
    until a reset, whatever the reason. What cannot be executed becomes the next more severe.
    """

    def __init__(self, arms: Sequence[str], *, quiet_ns: int) -> None:
        """Start without faults.

        Args:
            arms: names of the arms.
            quiet_ns: time without a latched cause's fault before a reset is accepted.
        """
        self._arms = tuple(arms)
        self._quiet_ns = quiet_ns
        self._tracks: dict[str, Track] = {}
        self._steady_ns: int | None = None
        self._full = ((Permit.RUN,) * len(self._arms), (1.0,) * len(self._arms))

    @property
    def is_latched(self) -> bool:
        """Whether a cause waits for a reset."""
        return any(track.is_latched for track in self._tracks.values())

    def latch(self, finding: Finding, now_ns: int, steady_ns: int) -> None:
        """Put something in force that is no lasting fault, but an event."""
        track = self._tracks.setdefault(finding.id, Track(finding))
        track.see(finding, now_ns, steady_ns, 0)
        track.miss(0)

    def update(
        self,
        findings: Sequence[Finding],
        now_ns: int,
        steady_ns: int,
        deaf: Iterable[str] = (),
    ) -> bool:
        """Take note of the faults that are present.

        Args:
            findings: the faults; of several with one name the first counts.
            now_ns: ROS time.
            steady_ns: steady time.
            deaf: arms that nothing but STOP reaches for sure, as their controllers do not answer.

        Returns:
            Whether a STOP has come that was not there in the last decision.
        """
        last_ns, self._steady_ns = self._steady_ns, steady_ns
        tracks = self._tracks
        if not findings and not tracks:
            return False
        elapsed_ns = 0 if last_ns is None else max(0, steady_ns - last_ns)
        stopping = {name for name, track in tracks.items()
                    if track.is_in_force and track.permit is Permit.STOP and track.is_present}
        present: set[str] = set()
        for finding in findings:
            if finding.id in present:
                continue
            present.add(finding.id)
            track = tracks.get(finding.id)
            if track is None:
                track = tracks[finding.id] = Track(finding)
            track.see(finding, now_ns, steady_ns, elapsed_ns)
        for name in tracks.keys() - present:
            tracks[name].miss(elapsed_ns)
            if tracks[name].is_over:
                del tracks[name]
        is_new_stop = False
        for name, track in tracks.items():
            if track.is_in_force:
                track.settle(can_execute=not any(arm in track.finding.arms for arm in deaf))
                if track.permit is Permit.STOP and track.is_present and name not in stopping:
                    is_new_stop = True
        return is_new_stop

    def causes(self, steady_ns: int) -> tuple[Cause, ...]:
        """Return what is in force, latched causes first."""
        force = [track for track in self._tracks.values() if track.is_in_force]
        force.sort(key=_is_transient)
        return tuple(track.cause(steady_ns) for track in force)

    def permits(self) -> tuple[tuple[Permit, ...], tuple[float, ...]]:
        """Return permit and speed scale of each arm."""
        if not self._tracks:
            return self._full
        permits, scales = [], []
        for arm in self._arms:
            permit, scale = Permit.RUN, 1.0
            for track in self._tracks.values():
                if track.is_in_force and arm in track.finding.arms:
                    permit = min(permit, track.permit)
                    if track.permit is Permit.SLOW:
                        scale = min(scale, track.finding.speed_scale)
            permits.append(permit)
            scales.append(scale if permit >= Permit.SLOW else 0.0)
        return tuple(permits), tuple(scales)

    def reset(self, steady_ns: int) -> None:
        """End all latched causes.

        Raises:
            Refused: one is present, was until just now, or never ends; the message names it.
        """
        latched = [track for track in self._tracks.values() if track.is_latched]
        final = [track for track in latched if track.is_final]
        if final:
            raise Refused('reset refused: ' + '; '.join(
                f'{t.finding.id} ({t.finding.detail})' for t in final
            ) + ' does not end by a reset: repair it and start the watchdog anew')
        present = [track for track in latched if track.is_present]
        if present:
            raise Refused('reset refused: ' + '; '.join(
                f'{t.finding.id} ({t.finding.detail})' for t in present))
        recent = {
            track.finding.id: steady_ns - track.last_seen_ns for track in latched
            if track.last_seen_ns is not None
            and steady_ns - track.last_seen_ns < self._quiet_ns
        }
        if recent:
            raise Refused('reset refused: ' + '; '.join(
                f'{name} was there {ago_ns / _NS_PER_S:.1f} s ago'
                for name, ago_ns in recent.items()
            ) + f', wait {self._quiet_ns / _NS_PER_S:.1f} s')
        for track in latched:
            track.end()


def _is_transient(track: Track) -> bool:
    return not track.is_latched
