# SPDX-License-Identifier: Apache-2.0
"""Two streams that belong together must not be apart in time."""

from rho_core.streams.fault import FaultKind
from rho_core.streams.freshness import FreshnessMonitor
from rho_core.streams.observation import Observation
from rho_core.streams.skew import SkewMonitor

MS = 1_000_000


def pair(first_ms: int | None, second_ms: int | None) -> SkewMonitor:
    monitors = []
    for stamp_ms in (first_ms, second_ms):
        monitor = FreshnessMonitor(deadline_ns=MS)
        if stamp_ms is not None:
            monitor.observe(Observation(stream='x', stamp_ns=stamp_ms * MS, received_ns=0))
        monitors.append(monitor)
    return SkewMonitor(*monitors, max_skew_ns=20 * MS, names=('left', 'right'))


def test_stamps_within_the_limit_are_fine() -> None:
    assert not pair(100, 120).check()
    assert not pair(120, 100).check()


def test_the_one_that_is_behind_is_named() -> None:
    (fault,) = pair(100, 121).check()
    assert fault.kind is FaultKind.SKEW
    assert fault.detail == 'left is 21 ms behind, allowed 20 ms'
    (fault,) = pair(121, 100).check()
    assert fault.detail.startswith('right is 21 ms behind')


def test_one_that_has_not_begun_is_not_behind() -> None:
    assert not pair(None, 100).check()
    assert not pair(100, None).check()
