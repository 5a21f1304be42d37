# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from pathlib import Path

import pytest

from rho_core.streams.frame import AlignedFrame
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.bundle import load_bundle
from rho_policy_node.runtime.feed import InputFeed

MS = 1_000_000
T0 = 1_000_000 * MS


def push(feed: InputFeed, source: str, stamp_ms: int, now_ms: int | None = None) -> None:
    now_ms = stamp_ms if now_ms is None else now_ms
    sample = Sample(stamp_ns=T0 + stamp_ms * MS, received_ns=now_ms * MS, value=stamp_ms)
    feed.push(source, sample, now_ns=T0 + now_ms * MS)


def clocks(now_ms: int) -> dict[str, int]:
    return {'now_ns': T0 + now_ms * MS, 'steady_ns': now_ms * MS}


@pytest.fixture
def feed(sound_bundle: Path) -> InputFeed:
    """Cameras and joints, as a context graph may read them."""
    manifest = load_bundle(sound_bundle).manifest
    return InputFeed([one for one in manifest.sampled_streams if one.kind != 'tactile'])


def test_touch_has_one_source_per_sensor(sound_bundle: Path) -> None:
    manifest = load_bundle(sound_bundle).manifest
    assert InputFeed(manifest.inputs_of('action')).sources == {
        'proprioception',
        'touch.finger_l',
        'touch.finger_r',
    }


def test_an_image_that_arrives_late_meets_the_joints_of_its_time(feed: InputFeed) -> None:
    for stamp_ms in range(0, 240, 2):
        push(feed, 'proprioception', stamp_ms)
    push(feed, 'front', 101, now_ms=240)
    push(feed, 'wrist', 100, now_ms=240)
    frame = feed.align(**clocks(240))
    assert isinstance(frame, AlignedFrame)
    assert frame.stamp_ns == T0 + 100 * MS
    assert frame.samples['proprioception'].value == 100


def test_the_report_has_the_age_of_each_stream(feed: InputFeed) -> None:
    push(feed, 'front', 90)
    reports = {report.name: report for report in feed.report([], now_ns=T0 + 100 * MS)}
    assert reports['front'].age_ms == pytest.approx(10.0)
    assert math.isnan(reports['wrist'].age_ms)


def test_a_refused_sample_is_a_problem_until_a_good_one_comes(feed: InputFeed) -> None:
    for source in feed.sources:
        push(feed, source, 0)
    push(feed, 'front', 100, now_ms=1)
    problems = feed.align(**clocks(1))
    assert not isinstance(problems, AlignedFrame)
    assert [str(problem) for problem in problems] == [
        'front from the future: stamp is 99.0 ms in the future, allowed 20.0 ms'
    ]
    push(feed, 'front', 2)
    assert isinstance(feed.align(**clocks(2)), AlignedFrame)
