# SPDX-License-Identifier: Apache-2.0
"""The driver over real DDS: frames from bytes, nothing from garbage, back after unplugging."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.context import Context
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_ros import qos
from rho_ros.conversions.tactile import tactile_from_ros
from rho_ros.conversions.tactile import tactile_info_from_ros
from rho_ros.polling import PolledSubscription
from rho_ros.testing import bring_up
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for
from tactile_driver.tactile_driver_node import TactileDriverNode
from tactile_driver.testing import FakeSensor
from tactile_driver.testing import anyskin_frame

pytestmark = pytest.mark.graph

RNG = np.random.default_rng(7)


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


@pytest.fixture
def sensor(tmp_path: Path) -> Iterator[FakeSensor]:
    sensor = FakeSensor(tmp_path / 'skin')
    yield sensor
    sensor.unplug()


class Bench:
    """A driver, a listener and what the driver logs."""

    def __init__(self, context: Context, device: str) -> None:
        values: dict[str, Any] = {'sensor_id': 'tip', 'device': device, 'baseline_frames': 5}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        self.driver = TactileDriverNode(
            'tip_driver', context=context, parameter_overrides=overrides
        )
        self.log: list[str] = []
        self.driver.get_logger = lambda: _LogSpy(self.log)
        self.listener = Node('listener', context=context)
        self._frames = PolledSubscription(
            self.listener, TactileFrame, 'tactile/tip/frame', qos.sensor_subscription()
        )
        self.info = PolledSubscription(
            self.listener, TactileInfo, 'tactile/tip/info', qos.latched()
        )
        self.readings: list[TactileReading] = []

    def collect(self) -> list[TactileReading]:
        self.readings += [tactile_from_ros(message) for message in self._frames.take_all()]
        return self.readings

    def send_until(self, sensor: FakeSensor, field: float, condition: Any) -> None:
        def try_again() -> bool:
            sensor.send(anyskin_frame(field + 0.3 * RNG.standard_normal((5, 3))))
            self.collect()
            return bool(condition())

        wait_for(try_again, 15.0)

    def has_logged(self, text: str) -> bool:
        return any(text in line for line in self.log)


class _LogSpy:
    """Keeps what is logged, whatever its level."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __getattr__(self, _level: str) -> Any:
        return self._lines.append


@pytest.fixture
def bench(context: Context, sensor: FakeSensor) -> Iterator[Bench]:
    bench = Bench(context, sensor.device)
    # Two executors, as in two processes: the driver's one waits while it takes a baseline.
    with (
        spinning(bench.listener, context=context),
        spinning(bench.driver, context=context) as spinner,
    ):
        bring_up(bench.driver, spinner)
        yield bench


def test_bytes_become_calibrated_frames_and_a_latched_description(
    bench: Bench, sensor: FakeSensor
) -> None:
    bench.send_until(sensor, 300.0, lambda: bench.readings and not bench.readings[-1].flags)
    first, last = bench.readings[0], bench.readings[-1]
    assert first.flags == TactileFlag.UNCALIBRATED
    assert first.values.mean() == pytest.approx(300.0, abs=1.0)
    assert last.values.shape == (5, 1, 3)
    assert np.abs(last.values).max() < 5.0
    assert last.baseline_id == 1
    stamps = [reading.stamp_ns for reading in bench.readings]
    assert stamps == sorted(set(stamps))
    assert stamps[-1] <= bench.driver.now_ns()
    taken: list[TactileInfo] = []

    def has_description() -> bool:
        taken.extend(bench.info.take_all())
        return bool(taken)

    wait_for(has_description)
    assert tactile_info_from_ros(taken[0]).channel_units == ('uT', 'uT', 'uT')


def test_garbage_publishes_nothing_warns_once_and_recovery_is_announced(
    bench: Bench, sensor: FakeSensor
) -> None:
    noise = bytes(RNG.integers(0, 256, 82, dtype=np.uint8))

    def has_warned() -> bool:
        sensor.send(noise)
        return bench.has_logged('garbage')

    wait_for(has_warned)
    assert bench.collect() == []
    bench.send_until(sensor, 0.0, lambda: bench.has_logged('frames are good again'))
    assert bench.readings
    assert sum('garbage' in line for line in bench.log) == 1


def test_a_sensor_that_is_plugged_in_again_is_read_again(
    bench: Bench, sensor: FakeSensor
) -> None:
    bench.send_until(sensor, 0.0, lambda: bench.readings)
    sensor.unplug()
    wait_for(lambda: bench.has_logged('was lost'))
    bench.collect()
    before = len(bench.readings)
    sensor.plug()
    bench.send_until(sensor, 0.0, lambda: len(bench.readings) > before + 5)
    bench.send_until(sensor, 0.0, lambda: bench.has_logged('connected again'))
    sequence = [reading.seq for reading in bench.readings]
    assert sequence == sorted(set(sequence))
    assert bench.readings[before].seq > bench.readings[before - 1].seq + 1


def test_the_zero_service_takes_a_new_baseline(bench: Bench, sensor: FakeSensor) -> None:
    bench.send_until(sensor, 0.0, lambda: bench.readings and bench.readings[-1].baseline_id == 1)
    bench.send_until(sensor, 200.0, lambda: bench.readings[-1].values.mean() > 150.0)
    client = bench.listener.create_client(Trigger, 'tactile/tip/zero')
    wait_for(client.service_is_ready)
    answer = client.call_async(Trigger.Request())
    bench.send_until(sensor, 200.0, answer.done)
    assert answer.result().success
    assert answer.result().message == 'baseline 2 taken'
    bench.send_until(sensor, 200.0, lambda: bench.readings[-1].baseline_id >= 2)
    assert np.abs(bench.readings[-1].values).max() < 5.0


def test_a_missing_device_fails_configure_with_what_to_do(context: Context) -> None:
    bench = Bench(context, '/dev/serial/by-id/none')
    with spinning(bench.driver, bench.listener, context=context) as spinner:
        result = spinner.call(bench.driver.trigger_configure)
        assert result == TransitionCallbackReturn.FAILURE
        assert bench.has_logged('is it plugged in?')


def test_zero_without_frames_is_answered_within_a_bounded_time(bench: Bench) -> None:
    response = bench.driver._zero(None, Trigger.Response())
    assert not response.success
    assert 'too few frames' in response.message
