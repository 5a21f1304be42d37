# SPDX-License-Identifier: Apache-2.0
"""Tests of how an episode ends."""

import math
from typing import Any

import pytest

from rho_bringup.episodes.episode import Episode
from rho_bringup.episodes.episode import Verdict
from rho_bringup.episodes.score import Score
from rho_core.errors import ConfigError


def score(**changes: Any) -> Score:
    values: dict[str, Any] = {
        'scored': True, 'instruction': 'Push it.', 'success': False, 'failed': False,
        'detail': 'nothing pressed', 'sim_time_s': 2.0, 'wall_time_s': 1.0,
        'success_time_s': math.nan,
    }
    return Score(**{**values, **changes})


def pressed() -> Score:
    return score(success=True, success_time_s=3.5, detail='pressed once')


def test_success_counts_once_it_has_lasted() -> None:
    episode = Episode(timeout_s=10.0, settle_s=1.0)
    assert episode.update(1.0, score(), None) is None
    assert episode.update(4.0, pressed(), None) is None
    assert episode.update(4.9, pressed(), None) is None
    end = episode.update(5.0, pressed(), None)
    assert end is not None
    assert end.success
    assert end.time_to_success_s == 3.5


def test_second_press_while_settling_fails() -> None:
    episode = Episode(timeout_s=10.0, settle_s=1.0)
    episode.update(4.0, pressed(), None)
    end = episode.update(4.5, score(failed=True, detail='pressed twice'), None)
    assert end is not None
    assert (end.verdict, end.detail) == (Verdict.FAILED, 'pressed twice')


def test_success_just_before_the_timeout_may_still_settle() -> None:
    episode = Episode(timeout_s=10.0, settle_s=1.0)
    assert episode.update(9.9, pressed(), None) is None
    assert episode.update(10.5, pressed(), None) is None
    end = episode.update(10.95, pressed(), None)
    assert end is not None
    assert end.success


def test_success_that_vanishes_starts_over() -> None:
    episode = Episode(timeout_s=10.0, settle_s=1.0)
    episode.update(4.0, pressed(), None)
    episode.update(4.5, score(), None)
    assert episode.update(5.2, pressed(), None) is None


def test_timeout_tells_what_the_score_was() -> None:
    end = Episode(timeout_s=2.0).update(2.0, score(), None)
    assert end is not None
    assert end.verdict is Verdict.TIMEOUT
    assert 'nothing pressed' in end.detail


def test_timeout_without_any_score() -> None:
    end = Episode(timeout_s=2.0).update(2.5, None, None)
    assert end is not None
    assert 'no score' in end.detail


def test_safety_stop_beats_success() -> None:
    end = Episode(timeout_s=2.0).update(1.0, pressed(), 'camera.front.late')
    assert end is not None
    assert end.verdict is Verdict.SAFETY_STOP
    assert end.detail == 'camera.front.late'


def test_unscored_instruction_ends_at_once() -> None:
    end = Episode(timeout_s=2.0).update(0.1, score(scored=False, detail=''), None)
    assert end is not None
    assert end.verdict is Verdict.UNSCORED


@pytest.mark.parametrize('timeout_s', [0.0, -1.0, math.nan])
def test_impossible_timeout_is_refused(timeout_s: float) -> None:
    with pytest.raises(ConfigError, match='expected > 0'):
        Episode(timeout_s=timeout_s)


def test_real_time_factor_is_simulated_over_real_time() -> None:
    assert score().real_time_factor == 2.0
    assert math.isnan(score(wall_time_s=0.0).real_time_factor)
