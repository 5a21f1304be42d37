# SPDX-License-Identifier: Apache-2.0
"""Tests of the JSON results."""

import json
import math
from pathlib import Path

import pytest

from rho_bringup.episodes.episode import EpisodeEnd
from rho_bringup.episodes.episode import Verdict
from rho_bringup.episodes.reports import EpisodeRow
from rho_bringup.episodes.reports import evaluation_tree
from rho_bringup.episodes.reports import inference_tree
from rho_bringup.episodes.reports import write_json


def row(seed: int, instruction: str, verdict: Verdict) -> EpisodeRow:
    return EpisodeRow(seed=seed, instruction=instruction,
                      end=EpisodeEnd(verdict=verdict, detail='x'))


def test_evaluation_counts_per_task_and_in_all() -> None:
    rows = [row(1, 'a', Verdict.SUCCESS), row(2, 'b', Verdict.SAFETY_STOP),
            row(3, 'a', Verdict.TIMEOUT)]
    tree = evaluation_tree(rows, safety_stops=1, real_time_factor=1.0)
    assert (tree['episodes'], tree['successes'], tree['safety_stops']) == (3, 1, 1)
    assert tree['per_task'] == {'a': {'k': 1, 'n': 2}, 'b': {'k': 0, 'n': 1}}
    assert tree['wilson_95'] == pytest.approx([0.0615, 0.7923], abs=1e-4)
    assert tree['rows'][1]['verdict'] == 'safety stop'


def test_inference_gives_the_action_graph_on_top() -> None:
    tree = inference_tree({'action': [2.0], 'context': [8.0]})
    assert tree['p50'] == 2.0
    assert tree['graphs']['context']['p99'] == 8.0


def test_json_has_no_nan(tmp_path: Path) -> None:
    path = tmp_path / 'folder' / 'out.json'
    write_json(path, {'a': math.nan, 'b': [1.0, math.inf], 'c': (True, None)})
    assert json.loads(path.read_text()) == {'a': None, 'b': [1.0, None], 'c': [True, None]}
