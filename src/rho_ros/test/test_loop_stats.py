# SPDX-License-Identifier: Apache-2.0
"""Statistics cover the last ticks; maxima cover the time since they were read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_ros.loop_stats import LoopRecorder


def test_nothing_recorded_is_all_zero() -> None:
    stats = LoopRecorder().read()
    assert stats.cycles == 0
    assert stats.late_p99_us == 0.0


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=50))
def test_percentiles_are_those_of_the_last_ticks(late_ns: list[int]) -> None:
    recorder = LoopRecorder(size=16)
    for value in late_ns:
        recorder.record(value, 0, 0)
    stats = recorder.read()
    assert stats.late_p50_us == pytest.approx(np.median(late_ns[-16:]) / 1e3)
    assert stats.late_max_us == max(late_ns) / 1e3
    assert stats.cycles == len(late_ns)


def test_maxima_start_anew_when_read() -> None:
    recorder = LoopRecorder()
    recorder.record(9000, 7000, 2)
    assert recorder.read().late_max_us == 9.0
    recorder.record(1000, 3000, 0)
    stats = recorder.read()
    assert stats.late_max_us == 1.0
    assert stats.tick_max_us == 3.0
    assert stats.missed == 2
    recorder.record(5000, 0, 0)
    assert recorder.take_late_max_us() == 5.0
    assert recorder.take_late_max_us() == 0.0
