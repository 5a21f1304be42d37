# SPDX-License-Identifier: Apache-2.0
import os
import sys
from pathlib import Path

import pytest

from rho_bootstrap.console import Console
from rho_bootstrap.errors import SetupError


def _python(code: str) -> list[str]:
    return [sys.executable, '-c', code]


def _console(tmp_path: Path) -> Console:
    console = Console(tmp_path / 'setup.log', 1)
    console.begin('Do a thing')
    return console


def test_steps_are_numbered_and_output_goes_to_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console = _console(tmp_path)
    code = 'print("first"); print("second", end="")'
    lines = console.run(_python(code), env=dict(os.environ), cwd=tmp_path)
    console.end()
    console.close()
    assert lines == ['first', 'second']
    assert 'first\nsecond' in (tmp_path / 'setup.log').read_text()
    shown = capsys.readouterr().out
    assert '[1/1] Do a thing ...' in shown
    assert '[1/1] Do a thing: done in ' in shown
    assert 'first' not in shown


def test_a_failure_shows_the_last_lines_and_the_log(tmp_path: Path) -> None:
    console = _console(tmp_path)
    code = 'print("the reason"); raise SystemExit(3)'
    with pytest.raises(
        SetupError, match=r'(?s)Do a thing failed \(exit code 3\).*the reason'
    ) as e:
        console.run(_python(code), env=dict(os.environ), cwd=tmp_path)
    assert str(tmp_path / 'setup.log') in str(e.value)


def test_an_interrupt_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = _console(tmp_path)

    def interrupt(process: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(console, '_follow', interrupt)
    pid_file = tmp_path / 'pid'
    code = f'import os, time; open({str(pid_file)!r}, "w").write(str(os.getpid())); time.sleep(60)'
    with pytest.raises(KeyboardInterrupt):
        console.run(_python(code), env=dict(os.environ), cwd=tmp_path)
    if pid_file.exists() and pid_file.read_text():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid_file.read_text()), 0)
