# SPDX-License-Identifier: Apache-2.0
"""A robot as its real-time interface shows it: registers, joints that follow, a safety system.

Its control program answers as ur-rtde expects of the script that it uploads: a command number
in input integer register 0, arguments in the double registers, the state in output integer
register 0. Only what the back end uses is here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from arm_controller.testing.rtde_wire import Value

COMMAND_NONE = 0
COMMAND_SERVOJ = 11
COMMAND_SERVO_STOP = 16
COMMAND_SET_WATCHDOG = 35
COMMAND_STOP_SCRIPT = 255

MODE_POWER_OFF = 3
MODE_RUNNING = 7

BIT_NORMAL = 1 << 0
BIT_PROTECTIVE_STOP = 1 << 2
BIT_EMERGENCY_STOP = 1 << 7

_READY = 1
_DONE = 2
_POWER_BIT = 1 << 0
_PROGRAM_BIT = 1 << 1
_STOPPED = 1
_PLAYING = 2
_LAG_S = 0.02
_START = (0.0, -1.57, 1.57, -1.57, -1.57, 0.0)


class FakeRobot:
    """Six joints that follow servoj commands with a lag while its program runs."""

    def __init__(self) -> None:
        """Powered, brakes released, no program."""
        self.positions: tuple[float, ...] = _START
        self.target: tuple[float, ...] = _START
        self.mode = MODE_RUNNING
        self.safety_bits = BIT_NORMAL
        self.is_running_program = False
        self.is_servoing = False
        self.servo_commands = 0
        self.watchdog_hz = 0.0
        self.has_watchdog_tripped = False
        self.clock_offset_s = 0.0
        self.is_clock_frozen = False
        self._inputs: dict[str, Value] = {}
        self._state = 0
        self._now_s = 0.0
        self._shown_s = 0.0
        self._fed_s = 0.0

    def start_program(self) -> None:
        """Run the control program that somebody uploaded."""
        if self.mode == MODE_RUNNING and self.safety_bits == BIT_NORMAL:
            self.is_running_program = True
            self.watchdog_hz = 0.0
            self._state = _READY

    def stop_program(self) -> None:
        """End the program; the joints stop where they are."""
        self.is_running_program = False
        self.is_servoing = False
        self._state = 0

    def trip(self, bit: int) -> None:
        """Let the safety system stop the robot."""
        self.safety_bits = bit
        self.stop_program()

    def power_off(self) -> None:
        """Take the power away."""
        self.mode = MODE_POWER_OFF
        self.stop_program()

    def take(self, inputs: Mapping[str, Value], now_s: float) -> None:
        """Take the fields of an input package."""
        self._inputs.update(inputs)
        if 'input_int_register_0' in inputs:
            self._fed_s = now_s
            if self.is_running_program:
                self._obey(int(self._number('input_int_register_0')))

    def step(self, now_s: float) -> None:
        """Let time pass until now."""
        elapsed_s = now_s - self._now_s
        self._now_s = now_s
        if self.is_running_program and (now_s - self._fed_s) * self.watchdog_hz > 1.0:
            self.has_watchdog_tripped = True
            self.stop_program()
        if self.is_servoing:
            share = -math.expm1(-elapsed_s / _LAG_S)
            self.positions = tuple(
                q + share * (goal - q)
                for q, goal in zip(self.positions, self.target, strict=True))
        if not self.is_clock_frozen:
            self._shown_s = now_s + self.clock_offset_s

    def outputs(self) -> dict[str, Value]:
        """Return the fields that an output recipe may name."""
        return {
            'timestamp': self._shown_s,
            'actual_q': self.positions,
            'target_q': self.target,
            'robot_mode': self.mode,
            'safety_status_bits': self.safety_bits,
            'robot_status_bits': (
                _POWER_BIT * (self.mode == MODE_RUNNING) + _PROGRAM_BIT * self.is_running_program),
            'runtime_state': _PLAYING if self.is_running_program else _STOPPED,
            'output_int_register_0': self._state,
        }

    def _number(self, field: str) -> float:
        value = self._inputs.get(field, 0.0)
        return math.nan if isinstance(value, tuple) else float(value)

    def _obey(self, command: int) -> None:
        # A servoj is ready for the next one at once; the others are done until they are cleared.
        self._state = _READY if command in (COMMAND_NONE, COMMAND_SERVOJ) else _DONE
        if command == COMMAND_SERVOJ:
            self.target = tuple(self._number(f'input_double_register_{i}') for i in range(6))
            self.is_servoing = True
            self.servo_commands += 1
        elif command == COMMAND_SERVO_STOP:
            self.is_servoing = False
        elif command == COMMAND_SET_WATCHDOG:
            self.watchdog_hz = self._number('input_double_register_0')
        elif command == COMMAND_STOP_SCRIPT:
            self.stop_program()
