# SPDX-License-Identifier: Apache-2.0
"""From raw frames to readings: sequence, stamp, baseline, flags."""

import threading

import numpy as np
from numpy.typing import NDArray

from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from tactile_driver.acquisition_clock import AcquisitionClock
from tactile_driver.baseline import BaselineEstimator
from tactile_driver.baseline import BaselineVerdict
from tactile_driver.formats.wire_format import RawFrame
from tactile_driver.notice import Edge
from tactile_driver.notice import Notice
from tactile_driver.repeat_detector import RepeatDetector

# Arithmetic on flags themselves is slow, and so is making them.
_SATURATED = int(TactileFlag.SATURATED)
_STALE = int(TactileFlag.STALE)
_UNCALIBRATED = int(TactileFlag.UNCALIBRATED)
_FLAGS = tuple(TactileFlag(value) for value in range(8))


class ZeroRequest:
    """A request for a new baseline, answered by the thread that handles the frames."""

    def __init__(self) -> None:
        """Unanswered."""
        self._answered = threading.Event()
        self.success = False
        self.message = ''

    def answer(self, success: bool, message: str) -> None:
        """Sets the outcome."""
        self.success = success
        self.message = message
        self._answered.set()

    def wait(self, timeout_s: float) -> bool:
        """Waits for the answer; False when the time is up."""
        return self._answered.wait(timeout_s)


class FramePipeline:
    """Handles the frames of one sensor; `request_zero` may come from another thread."""

    def __init__(
        self,
        *,
        sensor_id: str,
        baseline: BaselineEstimator,
        repeats: RepeatDetector,
        clock: AcquisitionClock,
    ) -> None:
        """Starts without a baseline; the first frames make it.

        Args:
            sensor_id: name of the sensor.
            baseline: estimates the reading of the untouched sensor.
            repeats: judges staleness.
            clock: judges the time of acquisition.
        """
        self._sensor_id = sensor_id
        self._estimator = baseline
        self._repeats = repeats
        self._clock = clock
        self._seq = -1
        self._baseline: NDArray[np.float32] | None = None
        self._baseline_id = 0
        self._is_estimating = True
        self._request: ZeroRequest | None = None
        self._taken_request: ZeroRequest | None = None
        self._moving = Edge()
        self._stale = Edge()
        self._notices: list[Notice] = []

    def request_zero(self) -> ZeroRequest:
        """Asks for a new baseline from the frames to come; the old one is used until then."""
        request = ZeroRequest()
        self._request = request
        return request

    def take_notices(self) -> list[Notice]:
        """Returns what is to be told since the last call."""
        notices, self._notices = self._notices, []
        return notices

    def process(self, frame: RawFrame, arrival_ns: int, steady_ns: int) -> TactileReading:
        """Turns a frame into a reading.

        Args:
            frame: as the sensor sent it.
            arrival_ns: when its chunk had been read [ns, ROS time].
            steady_ns: the same on the steady clock [ns].
        """
        self._seq += 1 + frame.lost_before
        self._estimate(frame.values)
        flags = self._flags(frame, steady_ns)
        values = frame.values
        if self._baseline is not None:
            values = values - self._baseline
            values.flags.writeable = False
        return TactileReading(
            stamp_ns=self._clock.stamp(arrival_ns, frame.bytes_after),
            sensor_id=self._sensor_id,
            seq=self._seq,
            values=values,
            flags=flags,
            baseline_id=self._baseline_id,
        )

    def _flags(self, frame: RawFrame, steady_ns: int) -> TactileFlag:
        flags = 0
        if self._baseline is None:
            flags |= _UNCALIBRATED
        if frame.is_saturated:
            flags |= _SATURATED
        is_stale = self._repeats.is_stale(frame.payload, steady_ns)
        if is_stale:
            flags |= _STALE
        self._notices += self._stale.update(
            is_stale, 'the sensor repeats the same bytes: it is frozen', 'the sensor moves again'
        )
        return _FLAGS[flags]

    def _estimate(self, values: NDArray[np.float32]) -> None:
        request, self._request = self._request, None
        if request is not None:
            if self._taken_request is not None:
                self._taken_request.answer(False, 'another request came in between')
            self._taken_request = request
            self._estimator.restart()
            self._is_estimating = True
        if self._is_estimating:
            verdict = self._estimator.add(values)
            if verdict is not None:
                self._settle(verdict)

    def _settle(self, verdict: BaselineVerdict) -> None:
        request, self._taken_request = self._taken_request, None
        if verdict.mean is not None:
            self._baseline = verdict.mean
            self._baseline_id += 1
        # Without any baseline it goes on trying; a refused request leaves the old one in force.
        self._is_estimating = self._baseline is None
        if request is not None:
            taken = f'baseline {self._baseline_id} taken'
            request.answer(verdict.mean is not None, verdict.problem or taken)
        self._notices += self._moving.update(
            self._is_estimating,
            f'no baseline yet, readings are raw: {verdict.problem}',
            f'baseline {self._baseline_id} taken',
        )
