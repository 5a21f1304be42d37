# SPDX-License-Identifier: Apache-2.0
"""The figures of all trials of one fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from rho_bringup.bench.watchdog.trial import TrialResult

_CAUSES = 6
_DETAILS = 5


def summarise(trials: Sequence[TrialResult], *, about: str, expected: str) -> dict[str, Any]:
    """Return the figures of a fault as plain data.

    Times are of the trials in which the fault was detected: `n_detected` of `n`.

    Args:
        trials: Results.
        about: What was done, for a person.
        expected: What had to follow, for a person.
    """
    causes = Counter(' + '.join(trial.causes) or 'none' for trial in trials)
    details = [text for trial in trials for text in trial.details]
    return {
        'about': about,
        'expected': expected,
        'n': len(trials),
        'n_detected': sum(trial.detected for trial in trials),
        'reaction_ms': spread([trial.reaction_ms for trial in trials]),
        'slower_ms': spread([trial.slower_ms for trial in trials]),
        'standstill_ms': spread([trial.standstill_ms for trial in trials]),
        'max_acceleration': _largest([trial.max_acceleration for trial in trials]),
        'max_jerk': _largest([trial.max_jerk for trial in trials]),
        'max_acceleration_share': _largest([trial.acceleration_share for trial in trials]),
        'max_jerk_share': _largest([trial.jerk_share for trial in trials]),
        'moved_after_latch': sum(trial.moved_after_latch for trial in trials),
        'limit_violations': sum(trial.limit_violations for trial in trials),
        'causes': dict(causes.most_common(_CAUSES)),
        'violations': details[:_DETAILS],
        'trials': [trial.tree() for trial in trials],
    }


def spread(values: Sequence[float | None]) -> dict[str, float | None]:
    """Return p50, p99 and max of the values that exist, None without any."""
    present = [value for value in values if value is not None]
    if not present:
        return {'p50': None, 'p99': None, 'max': None}
    p50, p99 = np.percentile(present, [50, 99])
    return {'p50': round(float(p50), 2), 'p99': round(float(p99), 2),
            'max': round(max(present), 2)}


def describe(name: str, tree: dict[str, Any]) -> str:
    """Return the figures of a fault in one line for a person."""
    reaction, standstill = tree['reaction_ms'], tree['standstill_ms']
    return (f'{name}: {tree["n_detected"]} of {tree["n"]} detected, reaction p50 '
            f'{_text(reaction["p50"])} p99 {_text(reaction["p99"])} max '
            f'{_text(reaction["max"])} ms, standstill p50 {_text(standstill["p50"])} ms, '
            f'{tree["moved_after_latch"]} moved after the latch, '
            f'{tree["limit_violations"]} violations')


def _largest(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return round(max(present), 4) if present else None


def _text(value: float | None) -> str:
    return '-' if value is None else f'{value:.1f}'
