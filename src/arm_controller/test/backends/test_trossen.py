# SPDX-License-Identifier: Apache-2.0
"""The link to a WidowX AI, with a stand-in for the vendor's library."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from arm_controller.backends.errors import BackendError
from arm_controller.backends.trossen import TrossenLink
from arm_controller.backends.trossen import TrossenOptions

HOME = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.02)


class Driver:
    """Remembers the calls, and fails on request."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.error: Exception | None = None

    def _call(self, *call: Any) -> None:
        self.calls.append(call)
        if self.error is not None:
            raise self.error

    def configure(self, *arguments: Any) -> None:
        self._call('configure', *arguments)

    def get_all_positions(self) -> tuple[float, ...]:
        return HOME

    def set_all_modes(self, mode: str) -> None:
        self._call('modes', mode)

    def set_all_positions(self, positions: Any, goal_time: float, blocking: bool) -> None:
        self._call('positions', tuple(positions), goal_time, blocking)

    def get_robot_output(self) -> Any:
        self._call('output')
        return SimpleNamespace(
            header=SimpleNamespace(timestamp=2_500_000),
            joint=SimpleNamespace(all=SimpleNamespace(positions=list(HOME))))

    def cleanup(self) -> None:
        self.calls.append(('cleanup',))


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    monkeypatch.setitem(sys.modules, 'trossen_arm', SimpleNamespace(
        TrossenArmDriver=lambda: driver,
        Model=SimpleNamespace(wxai_v0='model'),
        StandardEndEffector=SimpleNamespace(wxai_v0_follower='follower'),
        Mode=SimpleNamespace(position='position'),
        VectorDouble=list,
    ))
    return driver


@pytest.fixture
def link(driver: Driver) -> TrossenLink:
    return TrossenLink(TrossenOptions(host='10.0.0.2'), period_s=0.002)


def test_opening_lets_the_arm_hold_where_it_is(link: TrossenLink, driver: Driver) -> None:
    link.open()
    assert driver.calls == [
        ('configure', 'model', 'follower', '10.0.0.2', False, 5.0),
        ('modes', 'position'),
        ('positions', HOME, 0.0, False),
    ]


def test_an_exchange_sends_without_interpolation_and_reads_the_arms_clock(
    link: TrossenLink, driver: Driver
) -> None:
    link.open()
    driver.calls.clear()
    sample = link.exchange(HOME)
    assert driver.calls == [('positions', HOME, 0.0, False), ('output',)]
    assert (sample.device_s, sample.positions) == (2.5, HOME)


def test_without_a_command_it_only_reads(link: TrossenLink, driver: Driver) -> None:
    link.open()
    driver.calls.clear()
    link.exchange(None)
    assert driver.calls == [('output',)]


def test_an_error_of_the_library_is_told_in_its_first_line(
    link: TrossenLink, driver: Driver
) -> None:
    link.open()
    driver.error = RuntimeError('Joint limit exceeded\nPlease refer to our guide')
    with pytest.raises(BackendError) as caught:
        link.exchange(HOME)
    assert str(caught.value) == 'Joint limit exceeded'


def test_an_arm_that_cannot_be_reached_says_what_to_check(
    link: TrossenLink, driver: Driver
) -> None:
    driver.error = RuntimeError('Failed to connect')
    with pytest.raises(BackendError, match=r'cannot be used at 10\.0\.0\.2: Failed to connect; '
                                           'check power, cable and address'):
        link.open()


def test_closing_brakes_the_joints_once(link: TrossenLink, driver: Driver) -> None:
    link.close()
    link.open()
    link.close()
    link.close()
    assert driver.calls.count(('cleanup',)) == 1
