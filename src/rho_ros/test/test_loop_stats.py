# SPDX-License-Identifier: Apache-2.0
"""Percentiles cover the window, counters the time since the start."""

import pytest

from rho_core.errors import Refused
from rho_ros.duration_window import Percentiles
from rho_ros.loop_stats import LoopRecorder
from rho_ros.loop_stats import LoopStats

KEYS = [
    'cycles', 'missed_cycles',
    'wake_late_us_p50', 'wake_late_us_p99', 'wake_late_us_p99_9', 'wake_late_us_max',
    'tick_us_p50', 'tick_us_p99', 'tick_us_p99_9', 'tick_us_max', 'realtime',
]


def test_nothing_recorded_is_all_zero() -> None:
    assert LoopRecorder().read() == LoopStats(cycles=0, missed_cycles=0)


def test_counters_go_on_where_the_window_forgets() -> None:
    recorder = LoopRecorder(size=2)
    recorder.record(900_000, 700_000, 2)
    recorder.record(9_000, 7_000, 0)
    recorder.record(9_000, 7_000, 1)
    stats = recorder.read()
    assert (stats.cycles, stats.missed_cycles) == (3, 3)
    assert stats.wake_late_us == Percentiles(p50=9.0, p99=9.0, p99_9=9.0, max=9.0)
    assert stats.tick_us.max == 7.0


def test_the_largest_values_start_anew_when_asked() -> None:
    recorder = LoopRecorder()
    recorder.record(9000, 7000, 0)
    recorder.record(1000, 3000, 0)
    assert recorder.take_late_max_us() == 9.0
    assert recorder.take_late_max_us() == 0.0
    assert recorder.take_tick_max_us() == 7.0
    assert recorder.take_tick_max_us() == 0.0


def test_every_figure_has_a_key() -> None:
    texts = LoopStats(
        cycles=7, missed_cycles=1, realtime='SCHED_FIFO 80',
        wake_late_us=Percentiles(p50=20.0, p99=40.0, p99_9=71.25, max=100.0),
    ).key_values()
    assert list(texts) == KEYS
    assert texts['wake_late_us_p99_9'] == '71.2'
    assert texts['realtime'] == 'SCHED_FIFO 80'


def test_statistics_survive_the_message() -> None:
    conversions = pytest.importorskip('rho_ros.conversions.diagnostics')
    stats = LoopStats(
        cycles=7, missed_cycles=1, realtime='SCHED_FIFO 80',
        wake_late_us=Percentiles(p50=20.0, p99=40.0, p99_9=71.5, max=100.0),
        tick_us=Percentiles(p50=300.0, p99=400.0, p99_9=500.0, max=600.0),
    )
    message = conversions.loop_stats_to_ros(stats, node='/left_arm_controller', loop='left_arm')
    assert message.hardware_id == '/left_arm_controller'
    assert conversions.loop_stats_from_ros(message) == stats
    message.values.pop()
    with pytest.raises(Refused, match="'/left_arm_controller: left_arm': expected"):
        conversions.loop_stats_from_ros(message)
