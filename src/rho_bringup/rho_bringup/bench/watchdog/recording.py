# SPDX-License-Identifier: Apache-2.0
"""What was recorded during one trial. All times are the system clock's, in nanoseconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.motion_series import MotionSeries

_NUMBER = re.compile(r'\d+(\.\d+)?')
_ON_ORDER = ('permit: STOP', 'permit: HOLD')


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample of a watched stream.

    Attributes:
        sent_ns: When its writer sent it.
        stamp_ns: Its header stamp, 0: it has none.
        content: Hash of what follows the header.
    """

    sent_ns: int
    stamp_ns: int = 0
    content: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmNote:
    """One state of an arm's controller.

    Attributes:
        sent_ns: When it was sent.
        is_stopping: Whether the arm decelerates or stands by a stop.
        is_latched: Whether the stop waits for a reset.
        refused: Trajectories refused so far.
        reason: Why the arm does not move.
        last_refusal: Why the last trajectory was refused.
    """

    sent_ns: int
    is_stopping: bool
    is_latched: bool = False
    refused: int = 0
    reason: str = ''
    last_refusal: str = ''


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyNote:
    """One state of the watchdog: when it was sent, and the causes in force, oldest first."""

    sent_ns: int
    is_latched: bool
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One trial, from steady motion until the arms were released again.

    Attributes:
        injected_ns: When the fault was made.
        commands: By arm.
        arms: States by arm, oldest first.
        safety: States of the watchdog, oldest first.
        streams: Samples by stream name of the watchdog, e.g. `camera.front`, oldest first.
    """

    injected_ns: int
    commands: Mapping[str, MotionSeries]
    arms: Mapping[str, tuple[ArmNote, ...]]
    safety: tuple[SafetyNote, ...] = ()
    streams: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)

    def was_moving(self) -> bool:
        """Whether nothing stopped the arms before the fault was made."""
        return not any(
            state.is_latched for state in self.safety if state.sent_ns < self.injected_ns
        ) and not any(
            note.is_stopping for notes in self.arms.values() for note in notes
            if note.sent_ns < self.injected_ns)

    def is_overtaken(self, stream: str, within_ns: int) -> bool:
        """Whether another message followed the first one after the fault so soon."""
        later = [one.sent_ns for one in self.streams.get(stream, ())
                 if one.sent_ns >= self.injected_ns]
        return len(later) > 1 and later[1] - later[0] < within_ns

    def stop_noted_ns(self, arm: str) -> int | None:
        """Return when the arm's controller first said that it stops, None: it did not."""
        return next((note.sent_ns for note in self.arms[arm]
                     if note.is_stopping and note.sent_ns >= self.injected_ns), None)

    def first_stop_ns(self) -> int | None:
        """Return when the first arm said that it stops."""
        noted = [self.stop_noted_ns(arm) for arm in self.arms]
        return min((time_ns for time_ns in noted if time_ns is not None), default=None)

    def causes(self) -> tuple[str, ...]:
        """Return what was given as cause first: by the watchdog, or by an arm on its own.

        Numbers in an arm's words become N, so that equal causes look the same.
        """
        latched = next((state for state in self.safety if state.sent_ns >= self.injected_ns
                        and state.is_latched and state.causes), None)
        own = []
        for notes in self.arms.values():
            first = next((note for note in notes if note.sent_ns >= self.injected_ns
                          and note.is_stopping), None)
            if first is None or first.reason.startswith(_ON_ORDER):
                continue
            if latched is None or first.sent_ns < latched.sent_ns:
                own.append(_NUMBER.sub('N', first.reason))
        if own:
            return tuple(dict.fromkeys(own))
        return () if latched is None else latched.causes
