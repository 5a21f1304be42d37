# SPDX-License-Identifier: Apache-2.0
"""The link to a UR: against a stand-in for ur-rtde, and ur-rtde against a robot's network side."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.protocol import ArmBackend
from arm_controller.backends.registry import make_backend
from arm_controller.backends.registry import parse_backend
from arm_controller.backends.universal_robots import UniversalRobotsLink
from arm_controller.backends.universal_robots import UniversalRobotsOptions
from arm_controller.testing.fake_topics import FakeTopics
from arm_controller.testing.processes import RobotProcess

POSE = (0.0, -1.57, 1.57, -1.57, -1.57, 0.0)
DEADLINE_S = 30.0


class Library:
    """Both interfaces of ur-rtde in one."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.connected = True
        self.program = True
        self.accepts = True
        self.bits = 1
        self.mode = 7
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answers = {
            'isConnected': self.connected, 'isProgramRunning': self.program,
            'getSafetyStatusBits': self.bits, 'getRobotMode': self.mode, 'getTimestamp': 3.5,
            'getActualQ': list(POSE), 'servoJ': self.accepts,
        }

        def call(*arguments: Any) -> Any:
            if not name.startswith(('get', 'is')):
                self.calls.append((name, *arguments))
                if self.error is not None:
                    raise self.error
            return answers.get(name, True)

        return call


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    for module, name in (('rtde_receive', 'RTDEReceiveInterface'),
                         ('rtde_control', 'RTDEControlInterface')):
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{name: lambda *_: library}))
    return library


@pytest.fixture
def link(library: Library) -> UniversalRobotsLink:
    link = UniversalRobotsLink(UniversalRobotsOptions(host='10.0.0.3'), period_s=0.002)
    link.open()
    return link


def test_opening_switches_the_robots_watchdog_on(
    link: UniversalRobotsLink, library: Library
) -> None:
    assert library.calls == [('setWatchdog', 10.0)]


def test_a_command_is_a_servoj_of_one_period(link: UniversalRobotsLink, library: Library) -> None:
    library.calls.clear()
    sample = link.exchange(POSE)
    assert library.calls == [('servoJ', list(POSE), 0.0, 0.0, 0.002, 0.03, 500.0)]
    assert (sample.device_s, sample.positions) == (3.5, POSE)


def test_the_robots_watchdog_is_fed_by_commands_alone_once_there_was_one(
    link: UniversalRobotsLink, library: Library
) -> None:
    library.calls.clear()
    link.exchange(None)
    assert library.calls == [('kickWatchdog',)]
    link.exchange(POSE)
    library.calls.clear()
    link.exchange(None)
    assert library.calls == []


@pytest.mark.parametrize(('changes', 'problem'), [
    ({'bits': 1 << 2}, 'protective stop: clear it at the teach pendant'),
    ({'bits': 1 << 6 | 1 << 7 | 1 << 10},
     'robot emergency stop, emergency stop, stopped due to safety'),
    ({'mode': 3}, 'the robot is powered off'),
    ({'mode': 5}, 'its brakes are not released'),
    ({'mode': 99}, 'the robot is in mode 99'),
    ({'connected': False}, 'connection lost'),
    ({'program': False}, 'the control script does not run any more'),
    ({'accepts': False}, 'the robot did not take a command'),
    ({'error': RuntimeError('End of file')}, 'connection lost: End of file'),
])
def test_whatever_stops_the_robot_is_told(
    link: UniversalRobotsLink, library: Library, changes: dict[str, Any], problem: str
) -> None:
    for name, value in changes.items():
        setattr(library, name, value)
    with pytest.raises(BackendError, match=problem):
        link.exchange(POSE)


def test_reduced_mode_is_no_stop(link: UniversalRobotsLink, library: Library) -> None:
    library.bits = 1 << 1
    assert link.exchange(POSE).positions == POSE


def test_closing_ends_servo_motion_script_and_connection(
    link: UniversalRobotsLink, library: Library
) -> None:
    library.calls.clear()
    link.close()
    link.close()
    assert [call[0] for call in library.calls] == [
        'servoStop', 'stopScript', 'disconnect', 'disconnect']


def test_a_robot_without_power_is_refused_at_the_start(library: Library) -> None:
    library.mode = 3
    link = UniversalRobotsLink(UniversalRobotsOptions(host='10.0.0.3'), period_s=0.002)
    with pytest.raises(BackendError, match='powered off'):
        link.open()


def test_the_library_that_cannot_connect_says_what_to_check(library: Library) -> None:
    library.error = RuntimeError('no route')
    link = UniversalRobotsLink(UniversalRobotsOptions(host='10.0.0.3'), period_s=0.002)
    with pytest.raises(BackendError, match='no route; check address, remote control mode'):
        link.open()


@pytest.fixture
def robot() -> Iterator[RobotProcess]:
    pytest.importorskip('rtde_control', reason='pip install ur-rtde; it has no wheel for Python '
                        '3.13 and later, and none but for x86-64')
    robot = RobotProcess()
    yield robot
    robot.end()


@pytest.fixture
def backend(robot: RobotProcess) -> Iterator[ArmBackend]:
    context = BackendContext(
        arm='left', joint_names=tuple('abcdef'), period_s=0.002, now_ns=time.time_ns,
        topics=FakeTopics())
    backend = make_backend(parse_backend(
        f'{{kind: ur_rtde, host: {robot.host}, watchdog_hz: 2.0, answer_timeout_ms: 400.0}}'),
        context)
    backend.start()
    yield backend
    backend.stop()


def hold(backend: ArmBackend, until: Callable[[], object], *, write: bool = True) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not until():
        assert time.monotonic() < end_s, backend.problem()
        backend.read(time.monotonic_ns())
        if write:
            backend.write(POSE)
        time.sleep(0.002)


@pytest.mark.slow
@pytest.mark.parametrize(('order', 'problem'), [
    ('protective_stop', 'protective stop'),
    ('emergency_stop', 'emergency stop'),
    ('power_off', 'is powered off'),
    ('stop_program', 'the control script does not run'),
    ('silence', 'no news from the arm'),
])
def test_a_robot_that_stops_is_told_by_the_real_library(
    robot: RobotProcess, backend: ArmBackend, order: str, problem: str
) -> None:
    hold(backend, lambda: robot.order()['servo_commands'] > 5)
    robot.order(order)
    hold(backend, backend.problem)
    # A safety stop ends the program too, and either may be seen first.
    assert problem in backend.problem() or 'did not take' in backend.problem() or (
        'script does not run' in backend.problem())
    assert backend.read(time.monotonic_ns()) is None


@pytest.mark.slow
def test_when_commands_cease_the_robots_own_watchdog_stops_it(
    robot: RobotProcess, backend: ArmBackend
) -> None:
    hold(backend, lambda: robot.order()['servo_commands'] > 5)
    hold(backend, lambda: robot.order()['has_watchdog_tripped'], write=False)
    hold(backend, backend.problem)
    assert backend.read(time.monotonic_ns()) is None


CONTROLLER = """
import sys, time
from arm_controller.backends.context import BackendContext
from arm_controller.backends.registry import make_backend, parse_backend
from arm_controller.testing.fake_topics import FakeTopics
context = BackendContext(arm='left', joint_names=tuple('abcdef'), period_s=0.002,
                         now_ns=time.time_ns, topics=FakeTopics())
backend = make_backend(parse_backend(sys.argv[1]), context)
backend.start()
end_s = time.monotonic() + 60.0
while time.monotonic() < end_s:
    backend.read(time.monotonic_ns())
    backend.write((0.0, -1.57, 1.57, -1.57, -1.57, 0.0))
    time.sleep(0.002)
"""


@pytest.mark.slow
def test_a_controller_that_is_killed_leaves_a_robot_that_stands(robot: RobotProcess) -> None:
    choice = f'{{kind: ur_rtde, host: {robot.host}, watchdog_hz: 2.0}}'
    controller = subprocess.Popen([sys.executable, '-c', CONTROLLER, choice])
    try:
        end_s = time.monotonic() + DEADLINE_S
        while robot.order()['servo_commands'] < 5:
            assert time.monotonic() < end_s
            time.sleep(0.02)
    finally:
        os.kill(controller.pid, signal.SIGKILL)
        controller.wait(DEADLINE_S)
    end_s = time.monotonic() + DEADLINE_S
    while (state := robot.order())['is_running_program'] or state['clients']:
        assert time.monotonic() < end_s, state
        time.sleep(0.02)
    assert not state['is_servoing']
