# SPDX-License-Identifier: Apache-2.0
"""The verdict on one trial: what the fault was expected to cause, and what the arms did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.stop_measure import StopMeasure
from rho_bringup.bench.watchdog.stop_measure import measure_stop
from rho_core.contract.limits import JointLimits

_NS_PER_MS = 1e6
_LINES = 3
_NUMBER = re.compile(r'-?\d+(\.\d+)?')
# Sampling of the stream in the watchdog and time stamps may differ by this [ms].
_EARLY_MS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What came of one trial; None where it did not come that far.

    Attributes:
        detected: Whether the fault was met as expected.
        causes: What watchdog or controllers gave as causes.
        reaction_ms: Of the slower arm, None when not detected.
        slower_ms: Of the slower arm, until its speed falls.
        standstill_ms: Of the slower arm.
        max_acceleration: Of both arms [rad/s^2].
        max_jerk: Of both arms [rad/s^3].
        acceleration_share: Largest part of an acceleration limit [1].
        jerk_share: Largest part of a jerk limit [1].
        moved_after_latch: Commands that moved an arm after its standstill.
        limit_violations: Commands that broke a limit, from before the fault on.
        details: Some of the violations.
    """

    detected: bool
    causes: tuple[str, ...] = ()
    reaction_ms: float | None = None
    slower_ms: float | None = None
    standstill_ms: float | None = None
    max_acceleration: float | None = None
    max_jerk: float | None = None
    acceleration_share: float | None = None
    jerk_share: float | None = None
    moved_after_latch: int = 0
    limit_violations: int = 0
    details: tuple[str, ...] = ()

    def tree(self) -> dict[str, Any]:
        """Return the trial as plain data, short."""
        return {'detected': self.detected, 'reaction_ms': _rounded(self.reaction_ms),
                'standstill_ms': _rounded(self.standstill_ms), 'causes': list(self.causes)}


def judge_stop(
    recording: Recording,
    *,
    arms: tuple[str, ...],
    expiry_ns: int | None,
    cause: str,
    limits: Mapping[str, JointLimits],
) -> TrialResult:
    """Judge a fault that must stop arms.

    A stop before the deadline expired has another reason, whatever cause is given: it is no
    detection.

    Args:
        recording: What was recorded.
        arms: Arms that must stop; one whose controller is dead cannot.
        expiry_ns: When the deadline expired, None: it did not.
        cause: Pattern of the causes that are right.
        limits: Of the joints, by arm.
    """
    causes = recording.causes()
    is_expected = any(re.search(cause, one) for one in causes)
    stops: list[StopMeasure] = []
    if expiry_ns is not None:
        stops = [measure_stop(recording.commands[arm], expiry_ns=expiry_ns,
                              mode_ns=recording.stop_noted_ns(arm), limits=limits[arm])
                 for arm in arms]
    detected = is_expected and bool(stops) and all(
        one.reaction_ms is not None and one.standstill_ms is not None
        and one.reaction_ms > -_EARLY_MS for one in stops)
    violations = _violations(recording, limits)
    return TrialResult(
        detected=detected,
        causes=causes,
        reaction_ms=_worst([one.reaction_ms for one in stops]) if detected else None,
        slower_ms=_worst([one.slower_ms for one in stops]) if detected else None,
        standstill_ms=_worst([one.standstill_ms for one in stops]) if detected else None,
        max_acceleration=_worst([one.max_acceleration for one in stops]),
        max_jerk=_worst([one.max_jerk for one in stops]),
        acceleration_share=_worst([one.acceleration_share for one in stops]),
        jerk_share=_worst([one.jerk_share for one in stops]),
        moved_after_latch=sum(one.moved_after_rest for one in stops),
        limit_violations=len(violations),
        details=tuple(violations[:_LINES]),
    )


def judge_refusal(
    recording: Recording,
    *,
    arms: tuple[str, ...],
    why: str,
    limits: Mapping[str, JointLimits],
    may_stop: str = '',
) -> TrialResult:
    """Judge an input that the controllers must refuse.

    The reaction lasts from sending the input to the state that counts the refusal, or that tells
    of a stop where the input may lead to one.

    Args:
        recording: What was recorded.
        arms: Arms that got the input.
        why: Pattern of the reasons that are right.
        limits: Of the joints, by arm.
        may_stop: Pattern of the causes for which the arms may stop as well; empty: they must not.
    """
    reactions: list[float | None] = []
    reasons: list[str] = []
    for arm in arms:
        notes = recording.arms[arm]
        before = next((note.refused for note in reversed(notes)
                       if note.sent_ns < recording.injected_ns), None)
        told = next((note for note in notes if note.sent_ns >= recording.injected_ns
                     and before is not None and note.refused > before
                     and re.search(why, note.last_refusal)), None)
        met = [] if told is None else [told.sent_ns]
        if told is not None:
            reasons.append(told.last_refusal)
        if may_stop and (stopped_ns := recording.stop_noted_ns(arm)) is not None:
            met.append(stopped_ns)
        reactions.append((min(met) - recording.injected_ns) / _NS_PER_MS if met else None)
    violations = _violations(recording, limits)
    stop_ns = recording.first_stop_ns()
    is_right = stop_ns is None or (bool(may_stop) and any(
        re.search(may_stop, one) for one in recording.causes()))
    detected = all(one is not None for one in reactions) and is_right
    return TrialResult(
        detected=detected,
        causes=(*dict.fromkeys(_NUMBER.sub('N', reason) for reason in reasons),
                *recording.causes()),
        reaction_ms=_worst(reactions) if detected else None,
        limit_violations=len(violations),
        details=tuple(violations[:_LINES]),
    )


def _violations(recording: Recording, limits: Mapping[str, JointLimits]) -> list[str]:
    return [f'{arm}: {text}' for arm, commands in recording.commands.items()
            for text in commands.find_violations(limits[arm])]


def _worst(values: list[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
