# SPDX-License-Identifier: Apache-2.0
"""Readings carry the right sequence, stamp, baseline and flags."""

import numpy as np
from numpy.typing import ArrayLike

from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from tactile_driver.acquisition_clock import AcquisitionClock
from tactile_driver.baseline import BaselineEstimator
from tactile_driver.formats.wire_format import RawFrame
from tactile_driver.frame_pipeline import FramePipeline
from tactile_driver.repeat_detector import RepeatDetector

SHAPE = (2, 1, 3)
MS = 1_000_000


class Line:
    """Feeds a pipeline with frames 10 ms apart."""

    def __init__(self, baseline_frames: int = 4) -> None:
        self.pipeline = FramePipeline(
            sensor_id='tip',
            baseline=BaselineEstimator(frames=baseline_frames, noise_limit=1.0, shape=SHAPE),
            repeats=RepeatDetector(100 * MS),
            clock=AcquisitionClock(frame_bytes=82, baud=115_200, rate_hz=100.0),
        )
        self.now_ns = 10**12
        self.count = 0

    def send(
        self,
        values: ArrayLike,
        *,
        payload: bytes | None = None,
        lost: int = 0,
        is_saturated: bool = False,
    ) -> TactileReading:
        self.count += 1
        self.now_ns += 10 * MS
        frame = RawFrame(
            values=np.broadcast_to(np.asarray(values, dtype=np.float32), SHAPE),
            payload=str(self.count).encode() if payload is None else payload,
            is_saturated=is_saturated,
            lost_before=lost,
            bytes_after=0,
        )
        return self.pipeline.process(frame, self.now_ns, self.now_ns)

    def calibrate(self, value: float) -> None:
        for _ in range(4):
            self.send(value)


def test_readings_are_raw_and_flagged_until_the_baseline_is_taken() -> None:
    line = Line()
    readings = [line.send(7.0) for _ in range(5)]
    assert [reading.flags for reading in readings] == [TactileFlag.UNCALIBRATED] * 3 + [
        TactileFlag(0)
    ] * 2
    assert [reading.baseline_id for reading in readings] == [0, 0, 0, 1, 1]
    assert readings[0].values.max() == 7.0
    assert not readings[4].values.any()
    assert not readings[4].values.flags.writeable


def test_a_moving_sensor_gets_no_baseline_says_so_once_and_recovers() -> None:
    line = Line()
    for i in range(12):
        line.send(50.0 * (i % 2))
    (notice,) = line.pipeline.take_notices()
    assert notice.is_problem
    assert 'standard deviation 25.0' in notice.text
    line.calibrate(3.0)
    (notice,) = line.pipeline.take_notices()
    assert (notice.is_problem, notice.text) == (False, 'baseline 1 taken')


def test_a_request_replaces_the_baseline_and_is_answered() -> None:
    line = Line()
    line.calibrate(1.0)
    request = line.pipeline.request_zero()
    assert line.send(5.0).values.max() == 4.0
    assert not request.wait(0.0)
    for _ in range(3):
        line.send(5.0)
    assert request.wait(0.0)
    assert (request.success, request.message) == (True, 'baseline 2 taken')
    reading = line.send(5.0)
    assert not reading.values.any()
    assert reading.baseline_id == 2


def test_a_request_while_touched_is_refused_and_the_old_baseline_stays() -> None:
    line = Line()
    line.calibrate(1.0)
    request = line.pipeline.request_zero()
    for i in range(4):
        line.send(1.0 + 30.0 * (i % 2))
    assert request.wait(0.0)
    assert not request.success
    assert 'keep the sensor still' in request.message
    reading = line.send(1.0)
    assert reading.baseline_id == 1
    assert not reading.values.any()


def test_the_newer_of_two_requests_is_the_one_that_counts() -> None:
    line = Line()
    first = line.pipeline.request_zero()
    line.send(1.0)
    second = line.pipeline.request_zero()
    line.calibrate(1.0)
    assert first.wait(0.0)
    assert not first.success
    assert second.success


def test_a_saturated_frame_is_flagged_whatever_the_baseline() -> None:
    line = Line()
    line.calibrate(90.0)
    assert line.send(90.0, is_saturated=True).flags == TactileFlag.SATURATED


def test_identical_bytes_are_stale_after_the_limit_and_fresh_at_the_first_change() -> None:
    line = Line()
    line.calibrate(0.0)
    flags = [line.send(0.0, payload=b'same').flags for _ in range(13)]
    assert flags == [TactileFlag(0)] * 11 + [TactileFlag.STALE] * 2
    assert line.send(0.0).flags == TactileFlag(0)
    assert [n.is_problem for n in line.pipeline.take_notices()] == [True, False]


def test_lost_frames_are_gaps_in_the_sequence() -> None:
    line = Line()
    assert [line.send(0.0).seq, line.send(0.0, lost=3).seq, line.send(0.0).seq] == [0, 4, 5]
