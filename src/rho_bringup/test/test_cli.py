# SPDX-License-Identifier: Apache-2.0
"""Tests of the command line, without starting anything."""

import argparse
import json
from pathlib import Path

import pytest

from rho_bringup import cli
from rho_bringup.doctor.finding import Finding
from rho_bringup.doctor.finding import Level
from rho_bringup.exit_codes import ExitCode


@pytest.mark.parametrize('verb', ['demo', 'launch', 'eval', 'bench', 'bundle', 'doctor'])
def test_help_has_an_example_and_the_exit_codes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([verb, '--help'])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f'./rho {verb}' in text
    assert 'exit codes: 0 done' in text


def test_demo_has_the_documented_defaults() -> None:
    options = cli.make_parser().parse_args(['demo', '--no-view'])
    assert (options.seed, options.instruction) == (
        3, 'Push the red button with the right gripper.')


@pytest.mark.parametrize('arguments', [
    ['demo', '--seed', '-1'], ['demo', '--timeout', '0'], ['eval', '--timeout', 'nan'],
    ['launch', '--mode', 'dream'], ['fly'], []])
def test_bad_arguments_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == ExitCode.BAD_INPUT
    assert 'usage: rho' in capsys.readouterr().err


@pytest.mark.parametrize(('arguments', 'reason'), [
    (['demo', '--cell', '/no/such.yaml'], 'cannot read'),
    (['eval', '--suite', 'juggling'], "unknown suite 'juggling'"),
    (['eval', '--episodes', '0'], 'at least one episode'),
])
def test_bad_input_is_one_line_and_an_exit_code(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip('rclpy')
    assert cli.main(arguments) == ExitCode.BAD_INPUT
    error = capsys.readouterr().err
    assert error.startswith(f'rho {arguments[0]}: ')
    assert reason in error


def test_unknown_key_in_a_cell_file_ends_the_launch_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / 'cell.yaml'
    path.write_text('mode: sim\nmood: good\n')
    assert cli.main(['launch', '--cell', str(path)]) == ExitCode.BAD_INPUT
    assert 'mood: unknown key' in capsys.readouterr().err


def test_interrupt_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_arguments: argparse.Namespace) -> ExitCode:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, '_doctor', interrupt)
    assert cli.main(['doctor']) == ExitCode.INTERRUPTED
    assert 'shut down' in capsys.readouterr().out


@pytest.mark.parametrize(('level', 'code'), [
    (Level.OK, ExitCode.OK), (Level.WARNING, ExitCode.OK), (Level.ERROR, ExitCode.NOT_DONE)])
def test_doctor_fails_on_errors_only(
    level: Level, code: ExitCode, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    finding = Finding(name='Coffee', level=level, detail='cold')
    monkeypatch.setattr(cli, 'CHECKS', (lambda: finding,))
    assert cli.main(['doctor', '--json']) == code
    assert json.loads(capsys.readouterr().out) == [finding.tree()]
