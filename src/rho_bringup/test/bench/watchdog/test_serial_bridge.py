# SPDX-License-Identifier: Apache-2.0
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rho_bringup.bench.watchdog.serial_bridge import SerialBridge
from rho_sim.live.pty_line import PtyLine


@pytest.fixture
def source(tmp_path: Path) -> Iterator[PtyLine]:
    line = PtyLine(tmp_path / 'source')
    yield line
    line.close()


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[SerialBridge]:
    made = SerialBridge(tmp_path / 'source', tmp_path / 'bench' / 'link')
    yield made
    made.close()


def carry(bridge: SerialBridge, descriptor: int, count: int) -> bytes:
    """Step the bridge until so many bytes have come out at the other end."""
    os.set_blocking(descriptor, False)
    data, deadline_s = b'', time.monotonic() + 5.0
    while len(data) < count and time.monotonic() < deadline_s:
        bridge.step()
        try:
            data += os.read(descriptor, 4096)
        except BlockingIOError:
            continue
    return data


def test_bytes_of_all_values_arrive(tmp_path: Path, source: PtyLine, bridge: SerialBridge
                                    ) -> None:
    descriptor = os.open(tmp_path / 'bench' / 'link', os.O_RDONLY | os.O_NOCTTY)
    bridge.step()
    payload = bytes(range(256)) + b'\r\n\x03\x04\x11\x13'
    source.write(payload)
    assert carry(bridge, descriptor, len(payload)) == payload
    os.close(descriptor)


def test_source_may_come_later_and_go_and_come_again(tmp_path: Path, bridge: SerialBridge
                                                     ) -> None:
    descriptor = os.open(tmp_path / 'bench' / 'link', os.O_RDONLY | os.O_NOCTTY)
    bridge.step()
    for text in (b'first', b'second'):
        line = PtyLine(tmp_path / 'source')
        bridge.step()
        line.write(text)
        assert carry(bridge, descriptor, len(text)) == text
        line.close()
        bridge.step()
    os.close(descriptor)


def test_reader_sees_the_line_hang_up_when_the_bridge_goes(
    tmp_path: Path, bridge: SerialBridge
) -> None:
    link = tmp_path / 'bench' / 'link'
    descriptor = os.open(link, os.O_RDONLY | os.O_NOCTTY)
    bridge.close()
    assert os.read(descriptor, 1) == b''
    os.close(descriptor)
    assert not link.exists()
