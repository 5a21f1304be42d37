# SPDX-License-Identifier: Apache-2.0
"""Tests of the runner on small fake programs."""

import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rho_bringup.node_spec import NodeSpec
from rho_bringup.runner.executables import command_line
from rho_bringup.runner.executables import find_executable
from rho_bringup.runner.params_file import write_params_file
from rho_bringup.runner.process_exit import ProcessExit
from rho_bringup.runner.runner import Runner
from rho_bringup.runner.stop_plan import StopPlan
from rho_bringup.stack_errors import StackError
from rho_core.errors import ConfigError

QUICK = StopPlan(interrupt_s=1.0, terminate_s=0.3, kill_s=2.0)
DEADLINE_S = 10.0
PATIENT = 'import signal, time, sys\nprint("up", flush=True)\n'
STUBBORN = (
    PATIENT + 'signal.signal(signal.SIGINT, signal.SIG_IGN)\n'
    'signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint("deaf", flush=True)\n'
    'time.sleep(60)\n'
)
POLITE = (
    PATIENT + 'signal.signal(signal.SIGINT, lambda *_: sys.exit(0))\n'
    'print("ready", flush=True)\ntime.sleep(60)\n'
)


class Output:
    """Collects lines and lets a test wait for one."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    def __call__(self, name: str, line: str) -> None:
        with self._changed:
            self.lines.append((name, line))
            self._changed.notify_all()

    def wait_for(self, name: str, line: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: (name, line) in self.lines, DEADLINE_S), (
                self.lines
            )


def install(prefix: Path, name: str, body: str) -> NodeSpec:
    folder = prefix / 'lib' / 'fake'
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    # The way pip writes scripts: a `#!` line cannot carry an interpreter whose path has spaces.
    start = f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n"
    program.write_text(start + body)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return NodeSpec(package='fake', executable=name, name=name, parameters={'answer': 42})


@pytest.fixture
def make_runner(tmp_path: Path) -> Callable[..., tuple[Runner, Output]]:
    def make(*specs: NodeSpec) -> tuple[Runner, Output]:
        output = Output()
        environment = {**os.environ, 'AMENT_PREFIX_PATH': str(tmp_path)}
        runner = Runner(
            specs, runtime_dir=tmp_path, sink=output, environment=environment, stop_plan=QUICK
        )
        return runner, output

    return make


def wait_for_end(runner: Runner) -> ProcessExit:
    deadline_s = time.monotonic() + DEADLINE_S
    while not runner.ended():
        assert time.monotonic() < deadline_s, 'no process ended'
        time.sleep(0.01)
    return runner.ended()[0]


def test_polite_process_ends_on_interrupt(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    runner, output = make_runner(install(tmp_path, 'polite', POLITE))
    with runner:
        output.wait_for('polite', 'ready')
        assert runner.ended() == ()
        ends = runner.stop()
    assert [(end.name, end.code) for end in ends] == [('polite', 0)]
    assert 'ready' in (tmp_path / 'polite.log').read_text()


def test_stubborn_process_is_killed_in_the_end(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    runner, output = make_runner(install(tmp_path, 'stubborn', STUBBORN))
    with runner:
        output.wait_for('stubborn', 'deaf')
        ends = runner.stop()
    assert ends[0].describe() == 'stubborn was ended by signal SIGKILL'
    assert ('runner', 'still running: stubborn; sending SIGTERM') in output.lines
    assert ('runner', 'still running: stubborn; sending SIGKILL') in output.lines


def test_death_is_reported_with_the_last_lines(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    body = 'import sys\nfor i in range(30): print("line", i)\nsys.exit(7)\n'
    runner, output = make_runner(
        install(tmp_path, 'dying', body), install(tmp_path, 'polite', POLITE)
    )
    with runner:
        output.wait_for('polite', 'ready')
        output.wait_for('dying', 'line 29')
        end = wait_for_end(runner)
        assert (end.name, end.code, end.clean) == ('dying', 7, False)
        assert end.last_lines[-1] == 'line 29'
        assert end.report().startswith('dying ended with exit code 7; its last lines:')
        assert [other.name for other in runner.stop()] == ['polite']


def test_unmanaged_nodes_are_ended_first(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    said = (
        'signal.signal(signal.SIGINT, lambda *_: (print("bye", flush=True), sys.exit(0)))\n'
        'print("ready", flush=True)\ntime.sleep(60)\n'
    )
    node = install(tmp_path, 'node', PATIENT + said)
    manager = NodeSpec(package='fake', executable='node', name='manager', lifecycle=False)
    runner, output = make_runner(node, manager)
    with runner:
        output.wait_for('node', 'ready')
        output.wait_for('manager', 'ready')
    assert [name for name, line in output.lines if line == 'bye'] == ['manager', 'node']


def test_processes_lead_their_own_groups(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    runner, output = make_runner(install(tmp_path, 'polite', POLITE))
    with runner:
        output.wait_for('polite', 'ready')
        pid = runner.pid('polite')
        assert os.getpgid(pid) == pid != os.getpgrp()
        with pytest.raises(KeyError, match='polite'):
            runner.pid('unknown')


def test_program_that_cannot_run_leaves_nothing_behind(
    make_runner: Callable[..., tuple[Runner, Output]], tmp_path: Path
) -> None:
    polite = install(tmp_path, 'polite', POLITE)
    broken = install(tmp_path, 'broken', '')
    (tmp_path / 'lib' / 'fake' / 'broken').chmod(0o600)
    runner, _ = make_runner(polite, broken)
    with pytest.raises(PermissionError), runner:
        pass
    with pytest.raises(KeyError):
        runner.pid('polite')


def test_missing_program_lists_what_is_there(tmp_path: Path) -> None:
    install(tmp_path, 'polite', POLITE)
    wanted = NodeSpec(package='fake', executable='rude', name='rude')
    with pytest.raises(ConfigError, match=r'no program fake/rude.*there: polite'):
        find_executable(wanted, [tmp_path])


def test_command_line_names_the_node_and_its_parameters() -> None:
    spec = NodeSpec(
        package='fake', executable='x', name='n', namespace='cell', remappings=(('in', 'out'),)
    )
    assert command_line(spec, Path('/lib/x'), Path('/tmp/p.yaml')) == [
        '/lib/x',
        '--ros-args',
        '-r',
        '__node:=n',
        '-r',
        '__ns:=/cell',
        '-r',
        'in:=out',
        '--params-file',
        '/tmp/p.yaml',
    ]


def test_parameters_survive_the_file(tmp_path: Path) -> None:
    values = {'a': True, 'b': 1, 'c': 1e-6, 'd': 'text: #', 'e': (1.0, 2.0), 'f': ('x',)}
    spec = NodeSpec(package='fake', executable='x', name='n', namespace='cell', parameters=values)
    path = write_params_file(spec, tmp_path)
    assert path is not None
    tree = yaml.safe_load(path.read_text())
    read = tree['/cell/n']['ros__parameters']
    assert read == {**values, 'e': [1.0, 2.0], 'f': ['x']}
    assert isinstance(read['c'], float)


def test_no_parameters_no_file(tmp_path: Path) -> None:
    assert write_params_file(NodeSpec(package='p', executable='x', name='n'), tmp_path) is None


@pytest.mark.parametrize('patience_s', [0.0, -1.0, 1000.0])
def test_stop_plan_refuses_impossible_patience(patience_s: float) -> None:
    with pytest.raises(ConfigError, match='interrupt_s'):
        StopPlan(interrupt_s=patience_s)


def test_process_that_ended_can_be_started_again(
    tmp_path: Path, make_runner: Callable[..., tuple[Runner, Output]]
) -> None:
    runner, output = make_runner(install(tmp_path, 'polite', POLITE))
    with runner:
        output.wait_for('polite', 'ready')
        first = runner.pid('polite')
        with pytest.raises(StackError, match='still runs'):
            runner.restart('polite')
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: bool(runner.ended()))
        output.lines.clear()
        runner.restart('polite')
        output.wait_for('polite', 'ready')
        assert runner.pid('polite') != first
        assert runner.ended() == ()
        assert [end.clean for end in runner.stop()] == [True]


def wait_until(is_done: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not is_done():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
