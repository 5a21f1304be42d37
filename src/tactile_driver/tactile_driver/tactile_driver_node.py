# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node of one tactile sensor: parameters, wiring, one call into `SensorReader`."""

import time
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np
from std_srvs.srv import Trigger

from rho_core.touch import TactileSensor
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_ros import qos
from rho_ros.conversions.tactile import tactile_info_to_ros
from rho_ros.conversions.tactile import tactile_to_ros
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.parameters import param
from tactile_driver.acquisition_clock import AcquisitionClock
from tactile_driver.baseline import BaselineEstimator
from tactile_driver.formats.registry import FORMATS
from tactile_driver.formats.registry import create_format
from tactile_driver.formats.wire_format import WireFormat
from tactile_driver.frame_pipeline import FramePipeline
from tactile_driver.repeat_detector import RepeatDetector
from tactile_driver.sensor_reader import SensorReader
from tactile_driver.transports.reconnecting import ReconnectingTransport
from tactile_driver.transports.serial_transport import SerialTransport

# A stop waits for the read in progress.
_LONGEST_READ_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class TactileDriverParameters:
    """Parameters of the driver of one sensor."""

    sensor_id: str = field(
        metadata=param('name of the sensor, unique in the cell; part of the topics')
    )
    device: str = field(metadata=param('path of the serial device'))
    format: str = field(
        default='anyskin', metadata=param('wire format', choices=tuple(sorted(FORMATS)))
    )
    baud: int = field(default=115_200, metadata=param('symbols per second', minimum=1200))
    magnetometers: int = field(
        default=5, metadata=param('sensing elements on the board', minimum=1, maximum=64)
    )
    rate_hz: float = field(
        default=100.0, metadata=param('nominal frame rate [Hz]', minimum=0.1, maximum=2000.0)
    )
    frame_id: str = field(
        default='', metadata=param('frame of the sensor, empty: the name of the sensor')
    )
    baseline_frames: int = field(
        default=50, metadata=param('frames averaged for the baseline', minimum=2, maximum=10_000)
    )
    baseline_noise: float = field(
        default=5.0,
        metadata=param(
            'largest standard deviation of a channel during the baseline [channel unit]',
            minimum=1e-6,
        ),
    )
    stale_limit_ms: float = field(
        default=100.0,
        metadata=param('identical bytes for longer than this are stale [ms]', minimum=1.0),
    )
    taxel_positions: tuple[float, ...] = field(
        default=(),
        metadata=param('x, y, z of each taxel, row-major [m], empty: nominal for the format'),
    )
    realtime_priority: int = field(
        default=40,  # a late frame stops the arms
        metadata=param('SCHED_FIFO priority of the reader, 0: none', minimum=0, maximum=98),
    )


class TactileDriverNode(RhoNode):
    """Publishes the frames of one sensor, and nothing when there are none."""

    Parameters = TactileDriverParameters
    params: TactileDriverParameters

    def _setup(self) -> None:
        params = self.params
        wire_format = create_format(params.format, params.magnetometers)
        sensor = _describe(params, wire_format)
        self._frame_id = sensor.frame_id
        self._pipeline = FramePipeline(
            sensor_id=params.sensor_id,
            baseline=BaselineEstimator(
                frames=params.baseline_frames,
                noise_limit=params.baseline_noise,
                shape=sensor.shape,
            ),
            repeats=RepeatDetector(round(params.stale_limit_ms * 1e6)),
            clock=AcquisitionClock(
                frame_bytes=wire_format.frame_bytes, baud=params.baud, rate_hz=params.rate_hz
            ),
        )
        transport = ReconnectingTransport(SerialTransport(params.device, params.baud))
        self.own(transport.close)
        # A device that is missing at start is a mistake to report, not something to wait for.
        transport.open()
        self._reader = SensorReader(
            transport=transport,
            wire_format=wire_format,
            pipeline=self._pipeline,
            ros_now_ns=self.now_ns,
            steady_now_ns=time.monotonic_ns,
        )
        topic = f'tactile/{params.sensor_id}'
        self._frames = self.create_publisher(
            TactileFrame, f'{topic}/frame', qos.sensor_publisher()
        )
        self._message = TactileFrame()
        info = self.create_publisher(TactileInfo, f'{topic}/info', qos.latched())
        info.publish(tactile_info_to_ros(sensor, self.now_ns()))
        self.create_service(Trigger, f'{topic}/zero', self._zero)
        self._worker = self.create_worker(
            self._read, 'reader', params.realtime_priority or None)

    def _start(self) -> None:
        self._reader.restart()
        self._worker.start()

    def _read(self) -> None:
        poll = self._reader.poll(_LONGEST_READ_S)
        for reading in poll.readings:
            self._frames.publish(tactile_to_ros(reading, self._frame_id, into=self._message))
        for notice in poll.notices:
            text = f'{self.params.sensor_id}: {notice.text}'
            if notice.is_problem:
                self.get_logger().warning(text)
            else:
                self.get_logger().info(text)

    def _zero(self, _request: Any, response: Any) -> Any:
        """Takes a new baseline; the answer comes when it is taken or refused."""
        if not self.is_active:
            response.success = False
            response.message = f'{self.params.sensor_id}: expected an active driver, activate it'
            return response
        timeout_s = 0.5 + 2.0 * self.params.baseline_frames / self.params.rate_hz
        request = self._pipeline.request_zero()
        is_answered = request.wait(timeout_s)
        response.success = is_answered and request.success
        response.message = (
            request.message
            if is_answered
            else f'{self.params.sensor_id}: too few frames within {timeout_s:.1f} s'
        )
        return response


def _describe(params: TactileDriverParameters, wire_format: WireFormat) -> TactileSensor:
    positions = wire_format.default_taxel_positions
    if params.taxel_positions:
        flat = np.array(params.taxel_positions)
        positions = flat.reshape(-1, 3) if flat.size % 3 == 0 else flat.reshape(1, -1)
    return TactileSensor(
        sensor_id=params.sensor_id,
        format=wire_format.name,
        frame_id=params.frame_id or params.sensor_id,
        channel_names=tuple(name for name, _ in wire_format.channels),
        channel_units=tuple(unit for _, unit in wire_format.channels),
        range_min=wire_format.value_range[0],
        range_max=wire_format.value_range[1],
        rate_hz=params.rate_hz,
        rows=wire_format.rows,
        cols=wire_format.cols,
        taxel_positions=positions,
    )


def main() -> None:
    """Runs the driver of one sensor."""
    run(TactileDriverNode, 'tactile_driver')
