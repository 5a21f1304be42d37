# SPDX-License-Identifier: Apache-2.0
"""A lost device is opened again, less and less often, and a missing one is an error at first."""

import pytest

from tactile_driver.transports.reconnecting import ReconnectingTransport
from tactile_driver.transports.transport import TransportError


class FakeTransport:
    """Open when told so; time passes by sleeping only."""

    def __init__(self) -> None:
        self.is_open = False
        self.is_there = True
        self.tries: list[float] = []
        self.now_s = 0.0

    def open(self) -> None:
        self.tries.append(round(self.now_s, 3))
        if not self.is_there:
            raise TransportError('not there')
        self.is_open = True

    def read(self, wait_s: float) -> bytes:
        if not self.is_there:
            self.is_open = False
            raise TransportError('was lost')
        self.now_s += wait_s
        return b'x'

    def discard(self) -> None:
        if not self.is_there:
            self.is_open = False
            raise TransportError('was lost')

    def close(self) -> None:
        self.is_open = False

    def sleep(self, duration_s: float) -> None:
        self.now_s += duration_s


def wrapped(inner: FakeTransport) -> ReconnectingTransport:
    return ReconnectingTransport(inner, clock_s=lambda: inner.now_s, sleep=inner.sleep)


def test_a_device_that_is_missing_at_start_is_an_error() -> None:
    inner = FakeTransport()
    inner.is_there = False
    with pytest.raises(TransportError, match='not there'):
        wrapped(inner).open()


def test_a_loss_gives_no_bytes_and_pauses_that_double_up_to_two_seconds() -> None:
    inner = FakeTransport()
    transport = wrapped(inner)
    transport.open()
    inner.is_there = False
    while inner.now_s < 9.0:
        assert transport.read(0.2) == b''
    assert inner.tries[1:] == [0.1, 0.3, 0.7, 1.5, 3.1, 5.1, 7.1]
    assert transport.problem == 'was lost'
    assert not transport.is_open


def test_no_read_waits_longer_than_it_was_told() -> None:
    inner = FakeTransport()
    transport = wrapped(inner)
    inner.is_there = False
    for _ in range(40):
        before_s = inner.now_s
        transport.read(0.2)
        assert inner.now_s - before_s <= 0.2 + 1e-9


def test_a_device_that_is_back_delivers_and_the_next_loss_is_tried_soon() -> None:
    inner = FakeTransport()
    transport = wrapped(inner)
    transport.open()
    for _ in range(2):
        inner.is_there = False
        for _ in range(20):
            transport.read(0.2)
        inner.is_there = True
        while transport.read(0.2) == b'':
            assert inner.now_s < 100.0
        assert transport.problem == ''
    inner.is_there = False
    transport.discard()
    lost_s = inner.now_s
    inner.is_there = True
    assert transport.read(0.2) == b'x'
    assert inner.tries[-1] == pytest.approx(lost_s + 0.1, abs=2e-3)
    transport.close()
    assert not inner.is_open
