# SPDX-License-Identifier: Apache-2.0
"""The serial transport on a pseudo-terminal: it delivers, notices a loss, explains a refusal."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from tactile_driver.testing import FakeSensor
from tactile_driver.transports.serial_transport import SerialTransport
from tactile_driver.transports.transport import TransportError

DEADLINE_S = 5.0


@pytest.fixture
def sensor(tmp_path: Path) -> Iterator[FakeSensor]:
    sensor = FakeSensor(tmp_path / 'skin')
    yield sensor
    sensor.unplug()


@pytest.fixture
def transport(sensor: FakeSensor) -> Iterator[SerialTransport]:
    transport = SerialTransport(sensor.device, 115_200)
    transport.open()
    yield transport
    transport.close()


def test_every_byte_value_arrives_unchanged(
    sensor: FakeSensor, transport: SerialTransport
) -> None:
    data = bytes(range(256)) * 2
    sensor.send(data)
    received = b''
    while len(received) < len(data):
        chunk = transport.read(DEADLINE_S)
        assert chunk
        received += chunk
    assert received == data


def test_a_read_without_bytes_returns_none_of_them(transport: SerialTransport) -> None:
    assert transport.read(0.0) == b''
    assert transport.is_open


def test_what_piled_up_is_dropped(sensor: FakeSensor, transport: SerialTransport) -> None:
    sensor.send(b'old')
    transport.discard()
    sensor.send(b'new')
    assert transport.read(DEADLINE_S) == b'new'


def test_a_device_that_is_unplugged_is_noticed_and_can_be_opened_again(
    sensor: FakeSensor, transport: SerialTransport
) -> None:
    sensor.unplug()
    with pytest.raises(TransportError, match='was lost'):
        transport.read(DEADLINE_S)
    assert not transport.is_open
    with pytest.raises(TransportError, match='is it plugged in'):
        transport.open()
    sensor.plug()
    transport.open()
    sensor.send(b'back')
    assert transport.read(DEADLINE_S) == b'back'


def test_a_device_in_use_is_refused(sensor: FakeSensor, transport: SerialTransport) -> None:
    with pytest.raises(TransportError, match='another process uses it'):
        SerialTransport(sensor.device, 115_200).open()


def test_a_file_is_no_serial_device(tmp_path: Path) -> None:
    path = tmp_path / 'file'
    path.write_bytes(b'')
    with pytest.raises(TransportError, match='cannot open'):
        SerialTransport(str(path), 115_200).open()


def test_a_missing_permission_names_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise serial.SerialException(errno.EACCES, 'could not open port')

    monkeypatch.setattr(serial, 'Serial', refuse)
    with pytest.raises(TransportError, match='dialout'):
        SerialTransport('/dev/ttyACM0', 115_200).open()


def test_reading_before_opening_is_an_error() -> None:
    transport = SerialTransport('/dev/null', 115_200)
    with pytest.raises(TransportError, match='before open'):
        transport.read(0.0)
    transport.close()
