# SPDX-License-Identifier: Apache-2.0
"""A source that complains is believed until it sends something good."""

from rho_core.streams.fault import FaultKind
from rho_core.streams.observation import Observation
from rho_core.streams.source_fault import SourceFaultMonitor


def sample(fault: str) -> Observation:
    return Observation(stream='x', stamp_ns=0, received_ns=0, fault=fault)


def test_a_complaint_stands_until_the_next_good_sample() -> None:
    monitor = SourceFaultMonitor()
    monitor.observe(sample('saturated'))
    (fault,) = monitor.check(0, 0)
    assert (fault.kind, fault.detail) == (FaultKind.FAULTY, 'saturated')
    assert monitor.check(10**12, 10**12)
    monitor.observe(sample(''))
    assert not monitor.check(0, 0)


def test_a_forgotten_complaint_is_none() -> None:
    monitor = SourceFaultMonitor()
    monitor.observe(sample('saturated'))
    monitor.forget()
    assert not monitor.check(0, 0)
