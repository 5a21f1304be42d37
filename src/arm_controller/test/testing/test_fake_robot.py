# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable

import pytest

from arm_controller.testing import fake_robot
from arm_controller.testing.fake_robot import FakeRobot
from arm_controller.testing.rtde_wire import Value

GOAL = (0.1, -1.5, 1.5, -1.5, -1.5, 0.1)


def command(number: int, *arguments: float) -> dict[str, Value]:
    registers: dict[str, Value] = {
        f'input_double_register_{i}': value for i, value in enumerate(arguments)}
    return {'input_int_register_0': number, **registers}


@pytest.fixture
def robot() -> FakeRobot:
    robot = FakeRobot()
    robot.step(10.0)
    robot.start_program()
    return robot


def state(robot: FakeRobot) -> Value:
    return robot.outputs()['output_int_register_0']


def test_it_follows_servoj_and_is_ready_for_the_next(robot: FakeRobot) -> None:
    robot.take(command(fake_robot.COMMAND_SERVOJ, *GOAL), 10.0)
    assert state(robot) == 1
    for i in range(200):
        robot.step(10.0 + 0.002 * i)
    assert robot.outputs()['actual_q'] == pytest.approx(GOAL)


def test_an_other_command_is_done_until_it_is_cleared(robot: FakeRobot) -> None:
    robot.take(command(fake_robot.COMMAND_SET_WATCHDOG, 10.0), 10.0)
    assert (state(robot), robot.watchdog_hz) == (2, 10.0)
    robot.take(command(fake_robot.COMMAND_NONE), 10.0)
    assert state(robot) == 1


def test_its_watchdog_ends_the_motion_when_commands_cease(robot: FakeRobot) -> None:
    robot.take(command(fake_robot.COMMAND_SET_WATCHDOG, 10.0), 10.0)
    robot.take(command(fake_robot.COMMAND_SERVOJ, *GOAL), 10.0)
    robot.step(10.01)
    here = robot.positions
    assert here != GOAL
    robot.step(10.2)
    assert robot.has_watchdog_tripped
    assert not robot.is_running_program
    assert robot.positions == here


@pytest.mark.parametrize('stop', [
    lambda robot: robot.trip(fake_robot.BIT_PROTECTIVE_STOP),
    lambda robot: robot.power_off(),
    lambda robot: robot.take(command(fake_robot.COMMAND_STOP_SCRIPT), 10.0),
])
def test_what_stops_it_ends_the_program_where_the_joints_are(
    robot: FakeRobot, stop: Callable[[FakeRobot], None]
) -> None:
    robot.take(command(fake_robot.COMMAND_SERVOJ, *GOAL), 10.0)
    robot.step(10.01)
    here = robot.positions
    stop(robot)
    robot.take(command(fake_robot.COMMAND_SERVOJ, *GOAL), 10.01)
    robot.step(11.0)
    assert robot.positions == here
    assert robot.outputs()['robot_status_bits'] in (0, 1)


def test_a_stopped_robot_does_not_start_a_program(robot: FakeRobot) -> None:
    robot.trip(fake_robot.BIT_EMERGENCY_STOP)
    robot.start_program()
    assert not robot.is_running_program


def test_its_clock_can_stand_still_and_go_back(robot: FakeRobot) -> None:
    robot.is_clock_frozen = True
    robot.step(11.0)
    assert robot.outputs()['timestamp'] == 10.0
    robot.is_clock_frozen = False
    robot.clock_offset_s = -5.0
    robot.step(12.0)
    assert robot.outputs()['timestamp'] == 7.0
