# SPDX-License-Identifier: Apache-2.0
"""A robot's network side: RTDE, dashboard and script ports around a `FakeRobot`.

Written from the public descriptions of these interfaces, for a client that is the unmodified
ur-rtde library. It runs in a process of its own and takes orders, one a line, on standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import sys
import time
from contextlib import suppress

from arm_controller.testing.fake_robot import BIT_EMERGENCY_STOP
from arm_controller.testing.fake_robot import BIT_PROTECTIVE_STOP
from arm_controller.testing.fake_robot import FakeRobot
from arm_controller.testing.rtde_wire import PackageType
from arm_controller.testing.rtde_wire import Recipe
from arm_controller.testing.rtde_wire import pack
from arm_controller.testing.rtde_wire import take_package

RTDE_PORT = 30004
DASHBOARD_PORT = 29999
SCRIPT_PORTS = (30001, 30002, 30003)

_PERIOD_S = 0.002
_START_S = 0.05
_SOFTWARE = (5, 12, 0, 1101319)
_DASHBOARD = {
    'PolyscopeVersion': f'URSoftware {".".join(map(str, _SOFTWARE))} (Mar 21 2022)',
    'get serial number': '20225500001',
    'is in remote control': 'true',
}


class FakeRobotServer:
    """Serves any number of clients."""

    def __init__(self, host: str) -> None:
        """Prepare; `run` serves."""
        self._host = host
        self._robot = FakeRobot()
        self._clients: dict[asyncio.StreamWriter, Recipe | None] = {}
        self._servers: list[asyncio.Server] = []
        self._is_silent = False
        self._script_bytes = 0

    async def run(self) -> None:
        """Serve until standard input ends."""
        for port, handler in (
            (RTDE_PORT, self._rtde), (DASHBOARD_PORT, self._dashboard),
            *((port, self._script) for port in SCRIPT_PORTS),
        ):
            self._servers.append(await asyncio.start_server(handler, self._host, port))
        _say('ready')
        cycles = asyncio.create_task(self._cycle())
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self._obey(line.decode().strip())
            _say(json.dumps(self._state()))
        cycles.cancel()

    def _state(self) -> dict[str, object]:
        robot = self._robot
        return {
            'positions': robot.positions,
            'is_running_program': robot.is_running_program,
            'is_servoing': robot.is_servoing,
            'servo_commands': robot.servo_commands,
            'watchdog_hz': robot.watchdog_hz,
            'has_watchdog_tripped': robot.has_watchdog_tripped,
            'script_bytes': self._script_bytes,
            'clients': len(self._clients),
        }

    def _obey(self, order: str) -> None:
        robot = self._robot
        orders = {
            'state': lambda: None,
            'protective_stop': lambda: robot.trip(BIT_PROTECTIVE_STOP),
            'emergency_stop': lambda: robot.trip(BIT_EMERGENCY_STOP),
            'power_off': robot.power_off,
            'stop_program': robot.stop_program,
            'silence': lambda: setattr(self, '_is_silent', True),
            'freeze': lambda: setattr(robot, 'is_clock_frozen', True),
            'reverse': lambda: setattr(robot, 'clock_offset_s', -5.0),
            'cut': self._cut,
        }
        if order not in orders:
            raise ValueError(f'expected one of {", ".join(orders)}, got {order!r}')
        orders[order]()

    def _cut(self) -> None:
        for server in self._servers:
            server.close()
        for writer in list(self._clients):
            writer.close()

    async def _cycle(self) -> None:
        next_s = time.monotonic()
        while True:
            next_s = max(next_s + _PERIOD_S, time.monotonic())
            await asyncio.sleep(next_s - time.monotonic())
            self._robot.step(time.monotonic())
            outputs = self._robot.outputs()
            for writer, recipe in list(self._clients.items()):
                if recipe is not None and not self._is_silent and not writer.is_closing():
                    writer.write(pack(PackageType.DATA, recipe.pack(outputs)))

    async def _rtde(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._clients[writer] = None
        outputs: Recipe | None = None
        inputs: dict[int, Recipe] = {}
        buffer = bytearray()
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                buffer += data
                while (package := take_package(buffer)) is not None:
                    kind, payload = package
                    answer = b'\x01'
                    if kind is PackageType.DATA:
                        self._robot.take(inputs[payload[0]].unpack(payload), time.monotonic())
                        continue
                    if kind is PackageType.GET_CONTROLLER_VERSION:
                        answer = struct.pack('>4I', *_SOFTWARE)
                    elif kind is PackageType.SETUP_OUTPUTS:
                        outputs = Recipe.parse(1, payload[8:])
                        answer = outputs.answer()
                    elif kind is PackageType.SETUP_INPUTS:
                        recipe = Recipe.parse(len(inputs) + 1, payload)
                        inputs[recipe.identifier] = recipe
                        answer = recipe.answer()
                    elif kind is PackageType.START:
                        self._clients[writer] = outputs
                    elif kind is PackageType.PAUSE:
                        self._clients[writer] = None
                    writer.write(pack(kind, answer))
        del self._clients[writer]
        writer.close()

    async def _dashboard(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b'Connected: Universal Robots Dashboard Server\n')
        with suppress(ConnectionError):
            while line := await reader.readline():
                text = line.decode().strip()
                answer = _DASHBOARD.get(text, f'could not understand: {text}')
                writer.write(answer.encode() + b'\n')
        writer.close()

    async def _script(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        text = b''
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                self._script_bytes += len(data)
                text = text[-100:] + data
                if text.rstrip().endswith(b'end'):
                    await asyncio.sleep(_START_S)
                    self._robot.start_program()
                    text = b''
        writer.close()


def _say(line: str) -> None:
    sys.stdout.write(f'{line}\n')
    sys.stdout.flush()


def main() -> None:
    """Run it at an address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--host', required=True, help='address of this machine, e.g. 127.0.0.2')
    asyncio.run(FakeRobotServer(parser.parse_args().host).run())


if __name__ == '__main__':
    main()
