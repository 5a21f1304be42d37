# SPDX-License-Identifier: Apache-2.0
"""A stream is lost until it delivers, and again when it ceases on either clock."""

import pytest

from rho_core.errors import ConfigError
from rho_core.streams.fault import FaultKind
from rho_core.streams.freshness import FreshnessMonitor
from rho_core.streams.observation import Observation

MS = 1_000_000
NOW = 1_000_000 * MS
STEADY = 7_000 * MS


def kind(monitor: FreshnessMonitor, now_ns: int, steady_ns: int) -> FaultKind | None:
    faults = monitor.check(now_ns, steady_ns)
    return faults[0].kind if faults else None


def at(stamp_ns: int) -> Observation:
    return Observation(stream='x', stamp_ns=stamp_ns, received_ns=STEADY)


def test_a_stream_that_never_started_is_a_fault() -> None:
    assert kind(FreshnessMonitor(deadline_ns=10 * MS), NOW, STEADY) is FaultKind.NEVER


def test_fresh_sample_is_fine_until_the_deadline() -> None:
    monitor = FreshnessMonitor(deadline_ns=10 * MS)
    monitor.observe(at(NOW))
    assert kind(monitor, NOW + 10 * MS, STEADY + 10 * MS) is None
    assert kind(monitor, NOW + 11 * MS, STEADY + 11 * MS) is FaultKind.LATE


def test_old_stamp_is_late_however_fresh_its_reception() -> None:
    monitor = FreshnessMonitor(deadline_ns=10 * MS)
    monitor.observe(at(NOW - 30 * MS))
    (fault,) = monitor.check(NOW, STEADY)
    assert fault.kind is FaultKind.LATE
    assert fault.detail == 'newest is 30 ms old, allowed 10 ms'


def test_old_reception_is_late_although_the_ros_clock_stands_still() -> None:
    monitor = FreshnessMonitor(deadline_ns=10 * MS)
    monitor.observe(at(NOW))
    assert kind(monitor, NOW, STEADY + 11 * MS) is FaultKind.LATE


def test_stamp_from_the_future_is_a_fault() -> None:
    monitor = FreshnessMonitor(deadline_ns=10 * MS, max_lead_ns=50 * MS)
    monitor.observe(at(NOW + 50 * MS))
    assert kind(monitor, NOW, STEADY) is None
    monitor.observe(at(NOW + 51 * MS))
    assert kind(monitor, NOW, STEADY) is FaultKind.FUTURE


def test_forgotten_stream_has_never_delivered() -> None:
    monitor = FreshnessMonitor(deadline_ns=10 * MS)
    monitor.observe(at(NOW))
    monitor.forget()
    assert kind(monitor, NOW, STEADY) is FaultKind.NEVER


@pytest.mark.parametrize(('deadline_ns', 'lead_ns'), [(0, 1), (-1, 1), (1, -1)])
def test_senseless_deadlines_are_refused(deadline_ns: int, lead_ns: int) -> None:
    with pytest.raises(ConfigError, match='positive deadline'):
        FreshnessMonitor(deadline_ns=deadline_ns, max_lead_ns=lead_ns)
