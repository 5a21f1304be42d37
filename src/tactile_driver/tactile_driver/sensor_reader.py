# SPDX-License-Identifier: Apache-2.0
"""Transport, format, pipeline and health of one sensor joined: one poll, some readings."""

from collections.abc import Callable
from dataclasses import dataclass

from rho_core.touch import TactileReading
from tactile_driver.formats.wire_format import WireFormat
from tactile_driver.frame_pipeline import FramePipeline
from tactile_driver.link_health import LinkHealth
from tactile_driver.notice import Notice
from tactile_driver.transports.reconnecting import ReconnectingTransport

_CHECK_NS = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll brought.

    Attributes:
        readings: complete and plausible frames, oldest first.
        notices: what is to be told.
    """

    readings: list[TactileReading]
    notices: list[Notice]


class SensorReader:
    """Reads one sensor; all calls from one thread."""

    def __init__(
        self,
        *,
        transport: ReconnectingTransport,
        wire_format: WireFormat,
        pipeline: FramePipeline,
        ros_now_ns: Callable[[], int],
        steady_now_ns: Callable[[], int],
    ) -> None:
        """Joins the parts.

        Args:
            transport: where bytes come from.
            wire_format: finds frames in them.
            pipeline: makes readings of frames.
            ros_now_ns: ROS time [ns].
            steady_now_ns: monotonic time [ns].
        """
        self._transport = transport
        self._format = wire_format
        self._pipeline = pipeline
        self._ros_now_ns = ros_now_ns
        self._steady_now_ns = steady_now_ns
        self._health = LinkHealth(
            format_name=wire_format.name, frame_bytes=wire_format.frame_bytes
        )
        self._was_open = transport.is_open
        self._received = 0
        self._checked_ns = steady_now_ns()

    def restart(self) -> None:
        """Forgets what piled up while nobody was reading."""
        self._transport.discard()
        self._format.reset()
        self._health.restart()

    def poll(self, wait_s: float) -> Poll:
        """Waits for bytes, at most `wait_s`, and handles them."""
        data = self._transport.read(wait_s)
        arrival_ns = self._ros_now_ns()
        steady_ns = self._steady_now_ns()
        if self._was_open and not self._transport.is_open:
            self._format.reset()
        self._was_open = self._transport.is_open
        frames = self._format.feed(data) if data else []
        readings = [self._pipeline.process(frame, arrival_ns, steady_ns) for frame in frames]
        notices = self._pipeline.take_notices()
        self._received += len(data)
        if steady_ns - self._checked_ns >= _CHECK_NS:
            notices += self._health.update(
                steady_ns, self._transport.problem, self._received, self._format.counts
            )
            self._checked_ns = steady_ns
            self._received = 0
        return Poll(readings=readings, notices=notices)
