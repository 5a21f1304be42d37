# SPDX-License-Identifier: Apache-2.0
"""One poll takes the bytes through format and pipeline and tells what is wrong."""

import numpy as np

from tactile_driver.acquisition_clock import AcquisitionClock
from tactile_driver.baseline import BaselineEstimator
from tactile_driver.formats.anyskin import AnySkinFormat
from tactile_driver.frame_pipeline import FramePipeline
from tactile_driver.repeat_detector import RepeatDetector
from tactile_driver.sensor_reader import Poll
from tactile_driver.sensor_reader import SensorReader
from tactile_driver.testing import TAIL
from tactile_driver.testing import anyskin_frame
from tactile_driver.transports.reconnecting import ReconnectingTransport
from tactile_driver.transports.transport import TransportError

START_NS = 10**12
ROS_AHEAD_NS = 10**18


class Script:
    """A transport that plays a list of chunks; None is a loss."""

    def __init__(self) -> None:
        self.is_open = False
        self.is_there = True
        self.chunks: list[bytes | None] = []
        self.now_ns = START_NS

    def open(self) -> None:
        if not self.is_there:
            raise TransportError('x: not there')
        self.is_open = True

    def read(self, wait_s: float) -> bytes:
        self.now_ns += 10_000_000
        chunk = self.chunks.pop(0) if self.chunks else b''
        if chunk is None:
            self.is_open = False
            raise TransportError('x was lost')
        return chunk

    def discard(self) -> None:
        self.chunks.clear()

    def close(self) -> None:
        self.is_open = False

    def sleep(self, duration_s: float) -> None:
        self.now_ns += round(duration_s * 1e9)


class Rig:
    """A reader on a script, with time set by the script."""

    def __init__(self) -> None:
        self.script = Script()
        self.format = AnySkinFormat()
        transport = ReconnectingTransport(
            self.script, clock_s=lambda: self.script.now_ns * 1e-9, sleep=self.script.sleep
        )
        transport.open()
        self.reader = SensorReader(
            transport=transport,
            wire_format=self.format,
            pipeline=FramePipeline(
                sensor_id='tip',
                baseline=BaselineEstimator(frames=3, noise_limit=1.0, shape=(5, 1, 3)),
                repeats=RepeatDetector(100_000_000),
                clock=AcquisitionClock(frame_bytes=82, baud=115_200, rate_hz=100.0),
            ),
            ros_now_ns=lambda: self.script.now_ns + ROS_AHEAD_NS,
            steady_now_ns=lambda: self.script.now_ns,
        )

    def play(self, *chunks: bytes | None) -> list[Poll]:
        self.script.chunks = list(chunks)
        return [self.reader.poll(0.2) for _ in chunks]


def frame(value: float) -> bytes:
    return anyskin_frame(np.full((5, 3), value))


def test_frames_split_over_chunks_become_readings_stamped_before_their_arrival() -> None:
    rig = Rig()
    first, second = rig.play(TAIL + frame(1.0)[:50], frame(1.0)[50:] + frame(2.0))
    assert first.readings == []
    assert [reading.seq for reading in second.readings] == [0, 1]
    arrival_ns = rig.script.now_ns + ROS_AHEAD_NS
    ages_ms = [(arrival_ns - reading.stamp_ns) / 1e6 for reading in second.readings]
    np.testing.assert_allclose(ages_ms, [17.118, 7.118], atol=1e-3)


def test_garbage_gives_no_reading_and_one_warning() -> None:
    rig = Rig()
    polls = rig.play(*[b'\x55' * 82] * 40)
    assert [reading for poll in polls for reading in poll.readings] == []
    notices = [notice for poll in polls for notice in poll.notices]
    assert [notice.is_problem for notice in notices] == [True]
    assert 'nothing is published' in notices[0].text


def test_a_frame_cut_by_a_loss_is_not_completed_by_bytes_that_come_later() -> None:
    rig = Rig()
    rig.play(TAIL + frame(1.0), frame(2.0)[:40], None)
    polls = rig.play(frame(2.0)[40:], frame(3.0), frame(4.0), frame(5.0))
    values = [reading.values.max() for poll in polls for reading in poll.readings]
    assert 2.0 not in values
    assert len(values) >= 2


def test_a_loss_and_a_return_are_both_told() -> None:
    rig = Rig()
    rig.play(TAIL + frame(1.0), None)
    rig.script.is_there = False
    lost = [notice.text for _ in range(20) for notice in rig.reader.poll(0.2).notices]
    rig.script.is_there = True
    back = [notice.text for _ in range(20) for notice in rig.reader.poll(0.2).notices]
    assert lost == ['x was lost; trying again']
    assert 'the device is connected again' in back


def test_a_restart_forgets_what_piled_up() -> None:
    rig = Rig()
    rig.play(TAIL + frame(1.0), frame(2.0)[:40])
    rig.script.chunks = [frame(7.0)]
    rig.reader.restart()
    assert rig.script.chunks == []
    assert rig.format.counts.waiting_bytes == 0
