# SPDX-License-Identifier: Apache-2.0
"""Starts and ends all processes of a cell."""

import os
import signal
import time
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from rho_bringup.environment import loopback_environment
from rho_bringup.node_spec import NodeSpec
from rho_bringup.resources import prefixes
from rho_bringup.resources import shared
from rho_bringup.runner.executables import command_line
from rho_bringup.runner.executables import find_executable
from rho_bringup.runner.managed_process import ManagedProcess
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.runner.output_pump import OutputPump
from rho_bringup.runner.params_file import write_params_file
from rho_bringup.runner.process_exit import ProcessExit
from rho_bringup.runner.stop_plan import StopPlan
from rho_bringup.stack_errors import StackError

_POLL_S = 0.02
_DRAIN_S = 1.0


class Runner:
    """Runs node specs as processes. Use as a context manager: leaving it ends all of them."""

    def __init__(
        self,
        specs: Iterable[NodeSpec],
        *,
        runtime_dir: Path,
        sink: LineSink,
        environment: Mapping[str, str] | None = None,
        stop_plan: StopPlan | None = None,
    ) -> None:
        """Find every program and write every parameter file; nothing runs yet.

        Args:
            specs: What to start. Unmanaged nodes (the lifecycle manager) are ended first.
            runtime_dir: Existing folder for parameter files and logs.
            sink: Takes (node name, line) for every line of output.
            environment: Environment of the processes, None: that of this process.
            stop_plan: Patience when ending.

        Raises:
            ConfigError: A program is not installed.
        """
        self._environment = {**(os.environ if environment is None else environment),
                             'PYTHONUNBUFFERED': '1'}
        self._runtime_dir = runtime_dir
        self._stop_plan = stop_plan or StopPlan()
        self._sink = sink
        self._commands: dict[str, list[str]] = {}
        self._environments: dict[str, Mapping[str, str]] = {}
        self._ended_first: set[str] = set()
        where = prefixes(self._environment)
        for spec in specs:
            program = find_executable(spec, where)
            params_file = write_params_file(spec, runtime_dir)
            self._commands[spec.full_name] = command_line(spec, program, params_file)
            self._environments[spec.full_name] = self._environment_of(spec)
            if not spec.lifecycle:
                self._ended_first.add(spec.full_name)
        self._processes: dict[str, ManagedProcess] = {}
        self._pumps: list[OutputPump] = []
        self._known_exits: dict[str, ProcessExit] = {}

    def __enter__(self) -> 'Runner':
        """Start all processes; when one cannot be started the others are ended again."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes."""
        self.stop()

    def start(self) -> None:
        """Start all processes."""
        try:
            for full_name in self._commands:
                self._processes[full_name] = self._launch(full_name)
        finally:
            self._listen(self._processes.values())

    def restart(self, name: str) -> None:
        """Start a process that has ended once more; its old log is replaced.

        Args:
            name: Name of the node without the namespace.

        Raises:
            StackError: It still runs.
        """
        full_name = self._full_name(name)
        if self._processes[full_name].running:
            raise StackError(f'{name} still runs: end it before it is started again')
        self._known_exits.pop(full_name, None)
        self._processes[full_name] = self._launch(full_name)
        self._listen([self._processes[full_name]])

    def pid(self, name: str) -> int:
        """Return the process id of a node, given its name without the namespace."""
        return self._processes[self._full_name(name)].pid

    def pids(self) -> dict[str, int]:
        """Return the process ids by the nodes' names without the namespace."""
        return {full_name.rsplit('/', 1)[-1]: process.pid
                for full_name, process in self._processes.items()}

    def ended(self) -> tuple[ProcessExit, ...]:
        """Return how processes ended that were not asked to, in the order it was noticed."""
        for full_name, process in self._processes.items():
            if full_name not in self._known_exits:
                how = process.exit()
                if how is not None:
                    self._known_exits[full_name] = how
        return tuple(self._known_exits.values())

    def stop(self) -> tuple[ProcessExit, ...]:
        """End all processes, gently first, and return how the ones ended that were still alive."""
        already = set(self._known_exits) | {
            name for name, process in self._processes.items() if not process.running}
        first = [name for name in self._processes if name in self._ended_first]
        rest = [name for name in self._processes if name not in self._ended_first]
        self._end([self._processes[name] for name in first])
        self._end([self._processes[name] for name in rest])
        for pump in self._pumps:
            pump.stop(_DRAIN_S)
        self._pumps = []
        ends = [self._processes[name].exit() for name in self._processes if name not in already]
        self._processes = {}
        return tuple(end for end in ends if end is not None)

    def _environment_of(self, spec: NodeSpec) -> Mapping[str, str]:
        if spec.shares_memory:
            return self._environment
        added = loopback_environment(
            self._environment, shared('config/loopback.xml', self._environment))
        return {**self._environment, **added}

    def _full_name(self, name: str) -> str:
        for full_name in self._processes:
            if full_name.rsplit('/', 1)[-1] == name:
                return full_name
        raise KeyError(f'no process {name!r}, there are: {", ".join(self._processes)}')

    def _launch(self, full_name: str) -> ManagedProcess:
        name = full_name.lstrip('/')
        return ManagedProcess(
            name,
            self._commands[full_name],
            log_file=self._runtime_dir / f'{name.replace("/", ".")}.log',
            environment=self._environments[full_name],
        )

    def _listen(self, processes: Iterable[ManagedProcess]) -> None:
        for pump in self._pumps:
            if not pump.running:
                pump.stop(_DRAIN_S)
        self._pumps = [pump for pump in self._pumps if pump.running]
        self._pumps.append(OutputPump(processes, self._sink))
        self._pumps[-1].start()

    def _end(self, processes: list[ManagedProcess]) -> None:
        for number, patience_s in self._stop_plan.steps():
            alive = [process for process in processes if process.running]
            if not alive:
                return
            if number is not signal.SIGINT:
                names = ', '.join(process.name for process in alive)
                self._sink('runner', f'still running: {names}; sending {number.name}')
            for process in alive:
                process.signal_group(number)
            deadline_s = time.monotonic() + patience_s
            while time.monotonic() < deadline_s and any(p.running for p in alive):
                time.sleep(_POLL_S)
