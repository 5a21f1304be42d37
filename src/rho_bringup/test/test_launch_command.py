# SPDX-License-Identifier: Apache-2.0
"""Tests of `rho launch` on small fake programs."""

import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rho_bringup import launch_command
from rho_bringup.cell_file import load_cell
from rho_bringup.exit_codes import ExitCode
from rho_bringup.launch_command import run_launch
from rho_bringup.node_spec import NodeSpec

PATIENT = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (print('bye', flush=True), sys.exit(0)))
print('up', flush=True)
time.sleep(60)
"""


def install(prefix: Path, name: str, body: str) -> NodeSpec:
    folder = prefix / 'lib' / 'fake'
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f'#!{sys.executable}\n{body}')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return NodeSpec(package='fake', executable=name, name=name)


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    monkeypatch.setattr(launch_command, 'SETTLE_S', 0.05)
    return tmp_path


def run_specs(specs: list[NodeSpec], monkeypatch: pytest.MonkeyPatch) -> tuple[
        ExitCode, list[str], list[tuple[str, str]]]:
    said: list[str] = []
    lines: list[tuple[str, str]] = []
    monkeypatch.setattr(launch_command, 'node_specs', lambda *_args, **_kwargs: specs)
    code = run_launch(load_cell(), say=said.append,
                      sink=lambda name, line: lines.append((name, line)))
    return code, said, lines


def test_node_that_ends_takes_the_cell_down_and_is_named(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = 'import pathlib, sys, time\nwhile not pathlib.Path(%r).exists(): time.sleep(0.01)\n'
    flag = prefix / 'flag'
    patient = install(prefix, 'patient', PATIENT.replace(
        "print('up', flush=True)", f'print("up", flush=True); open({str(flag)!r}, "w").close()'))
    dying = install(prefix, 'dying', waits % str(flag) + 'print("ouch")\nsys.exit(5)\n')
    code, said, lines = run_specs([patient, dying], monkeypatch)
    assert code == ExitCode.STACK_FAILED
    report = '\n'.join(said)
    assert 'dying ended with exit code 5' in report
    assert 'ouch' in report
    assert ('patient', 'bye') in lines


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A process started in the background ignores SIGINT, and so would this test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures('interruptible')
def test_interrupt_ends_everything_before_it_goes_on(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[tuple[str, str]] = []

    def sink(name: str, line: str) -> None:
        lines.append((name, line))
        if line == 'up':
            signal.raise_signal(signal.SIGINT)

    specs = [install(prefix, 'patient', PATIENT)]
    monkeypatch.setattr(launch_command, 'node_specs', lambda *_args, **_kwargs: specs)
    with pytest.raises(KeyboardInterrupt):
        run_launch(load_cell(), say=lambda _text: None, sink=sink)
    assert lines[-1] == ('patient', 'bye')
