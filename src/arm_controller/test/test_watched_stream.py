# SPDX-License-Identifier: Apache-2.0
"""Messages are taken when they matter, and each one where each one counts."""

from typing import Any

import pytest

from arm_controller.watched_stream import WatchedStream
from arm_controller.watched_stream import needs_all
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_settings import FreezeSettings
from rho_core.safety.stream_settings import GapSettings
from rho_core.safety.stream_settings import LoadSettings
from rho_core.safety.stream_settings import RateSettings
from rho_core.safety.stream_settings import StreamSettings
from rho_core.streams.observation import Observation

MS = 1_000_000


class Queue:
    """Messages are their stamps [ms]."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.looks = 0

    def take(self) -> bytes | None:
        self.looks += 1
        return self.waiting.pop(0) if self.waiting else None

    def take_all(self) -> list[bytes]:
        self.looks += 1
        taken, self.waiting = self.waiting, []
        return taken


def read(data: bytes, now_ns: int, steady_ns: int) -> Observation:
    return Observation(stream='s', stamp_ns=int(data) * MS, received_ns=steady_ns)


class Bench:
    """A stream and its queue, polled at given times [ms]."""

    def __init__(self, kind: str = 'image', **more: Any) -> None:
        compared = more.pop('is_compared', False)
        self.queue = Queue()
        self.complaints: list[str] = []
        self.stream = WatchedStream(
            StreamSettings(kind=StreamKind(kind), topic='t', deadline_ms=200.0, arms=(
                'left',) if kind in ('controller', 'trajectory') else (), **more),
            self.queue, read, self.complaints.append, is_compared=compared)

    def poll(self, now_ms: int) -> list[int]:
        found: list[Observation] = []
        self.stream.poll(now_ms * MS, now_ms * MS + 7, found)
        assert all(item.received_ns == now_ms * MS + 7 for item in found)
        return [item.stamp_ns // MS for item in found]


def test_nothing_is_taken_while_the_newest_is_young() -> None:
    bench = Bench()
    bench.queue.waiting = [b'1000']
    assert bench.poll(1000) == [1000]
    bench.queue.waiting = [b'1033']
    assert [bench.poll(now) for now in (1008, 1048, 1099)] == [[], [], []]
    assert bench.queue.looks == 1
    assert bench.poll(1100) == [1033]


def test_an_old_stream_is_looked_at_in_each_cycle() -> None:
    bench = Bench()
    bench.queue.waiting = [b'1000']
    bench.poll(1000)
    for now in range(1100, 1300, 8):
        assert bench.poll(now) == []
    assert bench.queue.looks == 1 + len(range(1100, 1300, 8))


def test_a_stamp_of_the_future_is_no_reason_to_wait() -> None:
    bench = Bench()
    bench.queue.waiting = [b'9000', b'9001']
    assert [bench.poll(1000), bench.poll(1001)] == [[9000], [9001]]


@pytest.mark.parametrize(('kind', 'more'), [
    ('controller', {}), ('trajectory', {}), ('geometry', {}), ('estop', {}),
    ('tactile', {'loads': {'touch': LoadSettings(limit=1.0)}}), ('image', {'is_compared': True}),
    ('image', {'freeze': FreezeSettings(limit_ms=500.0)}),
])
def test_what_must_be_known_at_once_is_taken_at_once(kind: str, more: Any) -> None:
    bench = Bench(kind, **more)
    bench.queue.waiting = [b'1000', b'1001']
    assert [bench.poll(1000), bench.poll(1001)] == [[1000], [1001]]


@pytest.mark.parametrize(('kind', 'more'), [
    ('tactile', {'gap': GapSettings(max_lost=1)}), ('image', {'rate': RateSettings(min_hz=10.0)})])
def test_where_each_message_counts_all_are_taken(kind: str, more: Any) -> None:
    bench = Bench(kind, **more)
    bench.queue.waiting = [b'1000', b'1001', b'1002']
    assert bench.poll(1002) == [1000, 1001, 1002]
    assert needs_all(StreamSettings(kind=StreamKind(kind), topic='t', deadline_ms=1.0, **more))


def test_the_unreadable_counts_as_not_received_and_is_told_once() -> None:
    bench = Bench()
    bench.queue.waiting = [b'rubbish', b'more', b'1002']
    assert [bench.poll(1000), bench.poll(1001), bench.poll(1002)] == [[], [], [1002]]
    assert len(bench.complaints) == 1
    assert 'rubbish' in bench.complaints[0]
