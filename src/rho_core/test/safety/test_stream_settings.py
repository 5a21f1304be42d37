# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml
from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Clear
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.stream_settings import StreamSettings
from rho_core.safety.watch_list import SkewSettings
from rho_core.safety.watch_list import WatchList
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import GapLimit
from rho_core.streams.limits import LoadLimit
from rho_core.streams.limits import RateLimit

MS = 1_000_000
EVERYTHING = """
kind: tactile
topic: tactile/tip/frame
deadline_ms: 60.0
arms: [left]
reaction: HOLD
reactions:
  overload: {permit: STOP, clear: never}
  load: {permit: SLOW, speed_scale: 0.5, trip_after_ms: 20.0}
  gap: {permit: HOLD, clear_after_ms: 500, escalate_after_ms: 3000}
max_lead_ms: 5.5
freeze: {limit_ms: 300.0, only_while_moving: true}
gap: {max_lost: 3, window_ms: 2000.0}
rate: {min_hz: 80.0}
loads: {touch: {limit: 90.0, care: 40.0}}
ignored_flags: [saturated]
"""


def settings(text: str) -> StreamSettings:
    return build(StreamSettings, load_yaml(text))


def test_a_file_can_say_all_that_a_rule_knows() -> None:
    rule = settings(EVERYTHING).rule('tactile.tip')
    assert isinstance(rule, StreamRule)
    assert (rule.name, rule.deadline_ns, rule.max_lead_ns, rule.arms, rule.role) == (
        'tactile.tip', 60 * MS, 5_500_000, ('left',), StreamRole.SENSOR)
    assert rule.reaction_to(FaultKind.LATE).permit is Permit.HOLD
    overload = rule.reaction_to(FaultKind.OVERLOAD)
    assert (overload.permit, overload.clear) == (Permit.STOP, Clear.NEVER)
    load = rule.reaction_to(FaultKind.LOAD)
    assert (load.permit, load.speed_scale, load.trip_after_ns) == (Permit.SLOW, 0.5, 20 * MS)
    gap = rule.reaction_to(FaultKind.GAP)
    assert (gap.clear_after_ns, gap.escalate_after_ns) == (500 * MS, 3000 * MS)
    assert rule.freeze == FreezeLimit(limit_ns=300 * MS, only_while_moving=True)
    assert rule.gap == GapLimit(max_lost=3, window_ns=2000 * MS)
    assert rule.rate == RateLimit(min_hz=80.0, window_ns=1000 * MS)
    assert rule.loads == (LoadLimit(name='touch', limit=90.0, care=40.0),)


def test_little_is_needed() -> None:
    rule = settings('{kind: image, topic: a, deadline_ms: 100}').rule('camera')
    assert rule.reaction_to(FaultKind.LATE).permit is Permit.STOP
    assert (rule.arms, rule.freeze, rule.gap, rule.rate, rule.loads) == ((), None, None, None, ())


def test_trajectories_may_begin_in_the_future() -> None:
    rule = settings('{kind: trajectory, topic: a, deadline_ms: 100, arms: [left]}').rule('c')
    assert (rule.max_lead_ns, rule.role) == (300 * MS, StreamRole.COMMAND)


@pytest.mark.parametrize(('text', 'path', 'hint'), [
    ('{kind: image, deadline_ms: 1.0}', 'topic', 'missing'),
    ('{kind: image, topic: "", deadline_ms: 1.0}', 'topic', 'got an empty one'),
    ('{kind: image, topic: a, deadline_ms: 0}', 'deadline_ms', '> 0'),
    ('{kind: video, topic: a, deadline_ms: 1}', 'kind', 'joint_states, image, tactile'),
    ('{kind: image, topic: a, deadline_ms: 1, reaction: stop}', 'reaction', 'SLOW, HOLD, STOP'),
    ('{kind: image, topic: a, deadline_ms: 1, reactions: {slow: {permit: STOP}}}',
     'reactions.slow', 'known are: never, late'),
    ('{kind: image, topic: a, deadline_ms: 1, reactions: {late: {permit: STOP, '
     'clear: when_gone}}}', 'reactions.late.clear', 'a STOP is latched'),
    ('{kind: image, topic: a, deadline_ms: 1, loads: {force: {limit: 1}}}', 'loads.force',
     'tells of no loads'),
    ('{kind: wrench, topic: a, deadline_ms: 1, loads: {touch: {limit: 1}}}', 'loads.touch',
     'tells of force, torque'),
    ('{kind: image, topic: a, deadline_ms: 1, gap: {max_lost: 1}}', 'gap', 'not possible'),
    ('{kind: estop, topic: a, deadline_ms: 1, freeze: {limit_ms: 1}}', 'freeze', 'not possible'),
    ('{kind: image, topic: a, deadline_ms: 1, ignored_flags: [stale]}', 'ignored_flags',
     'not possible'),
])
def test_a_mistake_is_named_with_its_path(text: str, path: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(text)
    assert str(caught.value).startswith(f'{path}: ')
    assert hint in str(caught.value)


@pytest.mark.parametrize('text', [
    '{kind: estop, topic: a, deadline_ms: 1, reaction: HOLD}',
    '{kind: controller, topic: a, deadline_ms: 1, arms: [left, right]}',
    '{kind: image, topic: a, deadline_ms: 1, max_lead_ms: -1}',
])
def test_what_the_role_forbids_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        settings(text)


@pytest.mark.parametrize('kind', StreamKind)
def test_every_kind_has_a_role(kind: StreamKind) -> None:
    assert isinstance(kind.role, StreamRole)
    assert bool(kind.loads) == (kind in (StreamKind.TACTILE, StreamKind.WRENCH))


def watch_list(**more: Any) -> WatchList:
    image = settings('{kind: image, topic: a, deadline_ms: 100}')
    return WatchList(streams={'a': image, 'b': settings(EVERYTHING)}, **more)


def test_a_list_survives_the_way_through_a_parameter() -> None:
    skews = {'eyes': SkewSettings(streams=('a', 'b'), max_skew_ms=50.0, reaction='SLOW',
                                  trip_after_ms=100.0)}
    watched = watch_list(skews=skews)
    assert WatchList.from_text(watched.to_text()) == watched
    streams, (skew,) = watched.rules()
    assert [rule.name for rule in streams] == ['a', 'b']
    assert (skew.name, skew.max_skew_ns, skew.reaction.permit, skew.reaction.trip_after_ns) == (
        'eyes', 50 * MS, Permit.SLOW, 100 * MS)


def test_a_list_without_streams_is_refused() -> None:
    with pytest.raises(ConfigError, match='at least one stream'):
        WatchList(streams={})


def test_a_bad_skew_is_named() -> None:
    with pytest.raises(ConfigError, match=r'skews\.eyes'):
        watch_list(skews={'eyes': SkewSettings(streams=('a', 'a'), max_skew_ms=50.0)})
