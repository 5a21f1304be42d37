# SPDX-License-Identifier: Apache-2.0
"""The JSON results of demo and eval."""

import json
import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rho_bringup.episodes.episode import EpisodeEnd
from rho_core.statistics import percentiles
from rho_core.statistics import wilson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One episode of an evaluation; the end is None when the stack died before it."""

    seed: int
    instruction: str
    end: EpisodeEnd

    def tree(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {
            'seed': self.seed,
            'instruction': self.instruction,
            'success': self.end.success,
            'verdict': self.end.verdict.value,
            'detail': self.end.detail,
            'time_to_success_s': self.end.time_to_success_s,
        }


def inference_tree(milliseconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Return p50 and p99 of the action graph, and of each graph under its name."""
    return {**percentiles(milliseconds.get('action', ())),
            'graphs': {name: percentiles(values) for name, values in milliseconds.items()}}


def evaluation_tree(
    rows: Sequence[EpisodeRow], *, safety_stops: int, real_time_factor: float
) -> dict[str, Any]:
    """Return the result of an evaluation as plain data."""
    successes = sum(row.end.success for row in rows)
    per_task: dict[str, dict[str, int]] = {}
    for row in rows:
        count = per_task.setdefault(row.instruction, {'k': 0, 'n': 0})
        count['k'] += row.end.success
        count['n'] += 1
    return {
        'episodes': len(rows),
        'successes': successes,
        'wilson_95': [round(value, 4) for value in wilson_interval(successes, len(rows))],
        'per_task': dict(sorted(per_task.items())),
        'safety_stops': safety_stops,
        'real_time_factor': real_time_factor,
        'rows': [row.tree() for row in rows],
    }


def write_json(path: Path, tree: Mapping[str, Any]) -> None:
    """Write a result; NaN, which JSON does not know, becomes null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_finite(tree), indent=2, allow_nan=False) + '\n',
                    encoding='utf-8')


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
