# SPDX-License-Identifier: Apache-2.0
import math
from collections.abc import Callable

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.mock import FaultKind
from arm_controller.backends.mock import MockBackend
from arm_controller.backends.mock import MockFault
from arm_controller.backends.mock import MockOptions
from arm_controller.testing.fake_topics import FakeTopics
from rho_core.errors import ConfigError

S = 1_000_000_000
MS = 1_000_000
CONTEXT = BackendContext(
    arm='left', joint_names=('a', 'b'), period_s=0.002, now_ns=lambda: 77, topics=FakeTopics())


def mock(**values: object) -> MockBackend:
    backend = MockBackend(MockOptions(**values), CONTEXT)  # type: ignore[arg-type]
    backend.start()
    return backend


def test_it_starts_where_it_is_told() -> None:
    measured = mock(start=(1.0, 2.0)).read(5)
    assert measured is not None
    assert (measured.positions, measured.stamp_ns, measured.received_ns) == ((1.0, 2.0), 77, 5)


def test_the_lag_is_the_time_to_63_percent_however_often_it_is_read() -> None:
    for reads in (1, 10, 1000):
        backend = mock(lag_ms=40.0)
        backend.read(0)
        backend.write((1.0, -1.0))
        for i in range(1, reads + 1):
            measured = backend.read(40 * MS * i // reads)
        assert measured is not None
        assert measured.positions == pytest.approx((1 - math.exp(-1), math.exp(-1) - 1), abs=1e-9)


def test_without_lag_it_is_at_once_there() -> None:
    backend = mock(lag_ms=0.0)
    backend.read(0)
    backend.write((1.0, -1.0))
    measured = backend.read(1)
    assert measured is not None
    assert measured.positions == (1.0, -1.0)


def test_a_lost_connection_is_final_until_the_next_start() -> None:
    backend = mock()
    backend.read(0)
    backend.inject(MockFault(kind='lost', for_s=0.01))
    assert backend.read(1) is None
    assert backend.read(2 * S) is None
    assert backend.problem() == 'mock: connection lost'
    backend.start()
    assert backend.read(3 * S) is not None
    assert backend.problem() == ''


def test_a_planned_fault_comes_and_goes_at_its_time() -> None:
    backend = mock(faults=(MockFault(kind='jump', from_s=1.0, for_s=0.5, size=0.3),))
    first = [backend.read(int(t * S)) for t in (0.0, 0.9, 1.0, 1.4, 1.5)]
    assert [one.positions[0] for one in first if one is not None] == [0.0, 0.0, 0.3, 0.3, 0.0]


@pytest.mark.parametrize(('kind', 'is_told'), [('frozen', False), ('reversed', True)])
def test_what_is_no_news_leaves_the_old_measurement(kind: FaultKind, is_told: bool) -> None:
    backend = mock()
    first = backend.read(0)
    backend.inject(MockFault(kind=kind, for_s=0.9))
    assert backend.read(10 * MS) is first
    assert bool(backend.problem()) is is_told
    assert backend.read(S) is not first


def test_a_stuck_arm_measures_but_does_not_move() -> None:
    backend = mock(lag_ms=0.0)
    backend.read(0)
    backend.inject(MockFault(kind='stuck'))
    backend.write((1.0, 1.0))
    measured = backend.read(S)
    assert measured is not None
    assert (measured.positions, measured.received_ns) == ((0.0, 0.0), S)


def test_a_joint_can_measure_nan() -> None:
    backend = mock()
    backend.read(0)
    backend.inject(MockFault(kind='not_finite'))
    measured = backend.read(1)
    assert measured is not None
    assert math.isnan(measured.positions[0])


@pytest.mark.parametrize('make', [
    lambda: MockOptions(lag_ms=-1.0), lambda: MockOptions(lag_ms=math.nan),
    lambda: MockFault(kind='lost', from_s=-1.0), lambda: MockFault(kind='lost', for_s=math.nan),
    lambda: mock(start=(1.0,)),
])
def test_senseless_options_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigError, match='expected'):
        make()
