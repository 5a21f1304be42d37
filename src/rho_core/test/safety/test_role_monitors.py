# SPDX-License-Identifier: Apache-2.0
"""What emergency stop, controllers and geometry guard say, and what is made of nonsense."""

import math

import pytest

from rho_core.safety.controller_monitor import ControllerMonitor
from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.estop_monitor import EstopMonitor
from rho_core.safety.geometry_monitor import GeometryMonitor
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.streams.fault import FaultKind
from rho_core.streams.monitor import StreamMonitor
from rho_core.streams.observation import Observation

ARMS = ('left', 'right')


def judge(monitor: StreamMonitor, value: object) -> list[tuple[str, FaultKind]]:
    monitor.observe(Observation(stream='x', stamp_ns=0, received_ns=0, value=value))
    return [(fault.part, fault.kind) for fault in monitor.check(0, 0)]


@pytest.mark.parametrize('value', [True, None, 0, 1, 'False'])
def test_only_a_plain_no_is_no_emergency(value: object) -> None:
    assert judge(EstopMonitor(), value) == [('', FaultKind.PRESSED)]
    assert judge(EstopMonitor(), False) == []


def latched(stop_epoch: int) -> ControllerStatus:
    return ControllerStatus(is_latched=True, stop_epoch=stop_epoch, stop_time_s=0.0, speed=0.0)


def test_a_stop_since_the_last_reset_is_the_controllers_own() -> None:
    monitor = ControllerMonitor(reset_epoch=5)
    monitor.is_stop_expected = False
    assert judge(monitor, latched(4)) == []
    assert judge(monitor, latched(5)) == [('', FaultKind.STOPPED)]
    monitor.reset_epoch = 6
    assert judge(monitor, latched(5)) == []


def test_a_stop_that_was_ordered_is_no_fault() -> None:
    monitor = ControllerMonitor(reset_epoch=5)
    assert judge(monitor, latched(9)) == []
    monitor.is_stop_expected = False
    assert judge(monitor, latched(9))


def test_a_state_without_meaning_is_a_fault_until_a_good_one_comes() -> None:
    monitor = ControllerMonitor(reset_epoch=5)
    assert judge(monitor, None) == [('', FaultKind.FAULTY)]
    assert judge(monitor, latched(0)) == []
    assert monitor.status == latched(0)
    monitor.forget()
    assert monitor.status is None


def status(
    scales: tuple[float, ...] = (1.0, 1.0),
    blocked: tuple[bool, ...] = (False, False),
    arms: tuple[str, ...] = ARMS,
) -> GeometryStatus:
    return GeometryStatus(arms=arms, speed_scales=scales, blocked=blocked)


@pytest.mark.parametrize(('value', 'expected'), [
    (status(), []),
    (status((0.5, 1.0)), [('left', FaultKind.NEAR)]),
    (status((0.0, 0.9)), [('left', FaultKind.NEAR), ('right', FaultKind.NEAR)]),
    (status(blocked=(True, False)), [('left', FaultKind.BLOCKED)]),
    (status((math.nan, 1.0)), [('left', FaultKind.FAULTY)]),
    (status((-0.1, 1.1)), [('left', FaultKind.FAULTY), ('right', FaultKind.FAULTY)]),
    (status((1.0,)), [('', FaultKind.FAULTY)]),
    (status((1.0,), (False,), ('left',)), [('right', FaultKind.FAULTY)]),
    (status((), (), ()), [('left', FaultKind.FAULTY), ('right', FaultKind.FAULTY)]),
    (None, [('', FaultKind.FAULTY)]),
])
def test_a_judgement_is_judged(
    value: object, expected: list[tuple[str, FaultKind]]
) -> None:
    monitor = GeometryMonitor(ARMS)
    assert judge(monitor, value) == expected
    monitor.forget()
    assert not monitor.check(0, 0)


def test_the_scale_is_passed_on() -> None:
    monitor = GeometryMonitor(['right'])
    judge(monitor, status((0.1, 0.6)))
    (fault,) = monitor.check(0, 0)
    assert fault.speed_scale == 0.6
