# SPDX-License-Identifier: Apache-2.0
import struct

import pytest

from rho_bringup.bench.watchdog.relay_line import RelayLine
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_core.errors import ConfigError

MS = 1_000_000


def message(stamp_ms: int, body: bytes) -> bytes:
    return b'\0\1\0\0' + struct.pack('<iI', *divmod(stamp_ms * MS, 1000 * MS)) + body


def test_messages_pass_at_once() -> None:
    line = RelayLine()
    line.push(message(10, b'a'), 10 * MS)
    line.push(message(11, b'b'), 10 * MS)
    assert line.pop(10 * MS) == [message(10, b'a'), message(11, b'b')]
    assert line.pop(20 * MS) == []


def test_delay_holds_messages_back_in_order() -> None:
    line = RelayLine()
    line.obey(RelayOrder(delay_s=0.3))
    line.push(message(10, b'a'), 10 * MS)
    line.push(message(20, b'b'), 20 * MS)
    assert line.pop(309 * MS) == []
    assert line.pop(310 * MS) == [message(10, b'a')]
    assert line.pop(400 * MS) == [message(20, b'b')]


def test_end_of_the_delay_does_not_let_messages_overtake() -> None:
    line = RelayLine()
    line.obey(RelayOrder(delay_s=0.3))
    line.push(message(10, b'a'), 10 * MS)
    line.obey(RelayOrder())
    line.push(message(20, b'b'), 20 * MS)
    assert line.pop(20 * MS) == []
    assert line.pop(310 * MS) == [message(10, b'a'), message(20, b'b')]


def test_frozen_content_goes_out_with_fresh_stamps() -> None:
    line = RelayLine()
    line.push(message(10, b'old'), 10 * MS)
    line.obey(RelayOrder(is_frozen=True))
    line.push(message(20, b'new'), 20 * MS)
    line.push(message(30, b'newer'), 30 * MS)
    assert line.pop(30 * MS)[1:] == [message(20, b'old'), message(30, b'old')]
    line.obey(RelayOrder())
    line.push(message(40, b'now'), 40 * MS)
    assert line.pop(40 * MS) == [message(40, b'now')]


def test_freezing_before_the_first_message_passes_it_on() -> None:
    line = RelayLine()
    line.obey(RelayOrder(is_frozen=True))
    line.push(message(10, b'a'), 10 * MS)
    assert line.pop(10 * MS) == [message(10, b'a')]


def test_orders_survive_the_wire() -> None:
    order = RelayOrder(delay_s=0.3, is_frozen=True)
    assert RelayOrder.from_text(order.to_text()) == order


@pytest.mark.parametrize('text', ['', 'pass', '{"speed": 1}', '[1, 2]'])
def test_text_that_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match='not an order'):
        RelayOrder.from_text(text)


def test_negative_delay_is_refused() -> None:
    with pytest.raises(ConfigError, match='delay_s'):
        RelayOrder(delay_s=-0.1)
