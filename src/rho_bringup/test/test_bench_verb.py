# SPDX-License-Identifier: Apache-2.0
"""The verb bench: what exists, how results are written, what a failure looks like."""

import argparse
import json
from pathlib import Path

import pytest

from rho_bringup import cli
from rho_bringup.bench import verb
from rho_bringup.bench.arguments import positive_count
from rho_bringup.bench.arguments import positive_seconds
from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.cpu_usage import CpuUsage
from rho_bringup.bench.hog import Hog
from rho_bringup.bench.machine import describe_machine
from rho_bringup.bench.progress import Progress
from rho_bringup.bench.registry import BENCHMARKS
from rho_bringup.exit_codes import ExitCode
from rho_bringup.stack_errors import StackError
from rho_bringup.terminal import Terminal

STAT = '77 (a ) b) S ' + ' '.join(str(number) for number in range(1, 50))


class Ruler:
    """A benchmark that measures nothing."""

    name = 'ruler'
    summary = 'measure a length'
    example = './rho bench ruler'

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument('--length', type=positive_seconds, default=1.0)

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        context.progress.start('measuring', 0.0)
        if self.error is not None:
            raise self.error
        return BenchResult(tree={'length': options.length}, lines=('done',))


def bench(arguments: list[str], ruler: Ruler) -> ExitCode:
    parser = argparse.ArgumentParser()
    verb.add_bench_arguments(parser, (ruler,))
    return verb.run_bench(parser.parse_args(arguments), Terminal())


def test_figures_are_said_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / 'ruler.json'
    assert bench(['ruler', '--length', '2', '--out', str(out)], Ruler()) == ExitCode.OK
    assert json.loads(out.read_text()) == {'length': 2.0}
    said = capsys.readouterr().out
    assert 'measuring' in said
    assert 'done' in said


def test_a_stack_that_fails_has_its_exit_code_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / 'ruler.json'
    code = bench(['ruler', '--out', str(out)], Ruler(StackError('no cell')))
    assert code == ExitCode.STACK_FAILED
    assert 'FAILED: no cell' in capsys.readouterr().out
    assert not out.exists()


@pytest.mark.parametrize('benchmark', BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_every_benchmark_has_help_with_an_example(
    benchmark: verb.Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(['bench', benchmark.name, '--help'])
    assert caught.value.code == 0
    assert f'./rho bench {benchmark.name}' in capsys.readouterr().out


def test_names_of_benchmarks_are_their_own() -> None:
    names = [benchmark.name for benchmark in BENCHMARKS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize('text', ['0', '-1', 'nan', 'inf', 'soon'])
def test_a_time_is_a_positive_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        positive_seconds(text)


@pytest.mark.parametrize('text', ['0', '1.5', 'inf', 'many'])
def test_a_count_is_a_whole_number(text: str) -> None:
    assert positive_count('20') == 20
    with pytest.raises(argparse.ArgumentTypeError):
        positive_count(text)


def test_progress_speaks_now_and_then() -> None:
    said: list[str] = []
    progress = Progress(said.append, every_s=10.0)
    progress.start('running', 100.0)
    progress.update(5.0, 60.0, 's', 105.0)
    progress.update(11.0, 60.0, 's', 111.0)
    progress.update(12.0, 60.0, 's', 112.0)
    assert said == ['running', '  running: 11 of 60 s']


def test_usage_is_the_share_of_a_core_since_the_restart(tmp_path: Path) -> None:
    for pid in (77, 78):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / 'stat').write_text(STAT)
    usage = CpuUsage({'one': 77, 'gone': 78, 'never': 79}, tmp_path)
    usage.restart(10.0)
    words = STAT.split()
    # Columns 14 and 15 of proc(5); the name of this program takes three words.
    words[15] = str(int(words[15]) + 30)
    words[16] = str(int(words[16]) + 20)
    (tmp_path / '77' / 'stat').write_text(' '.join(words))
    (tmp_path / '78' / 'stat').unlink()
    assert usage.percent(11.0) == {'one': 50.0}
    assert usage.percent(10.0) == {}


def test_a_hog_ends_with_its_block() -> None:
    with Hog(2) as hog:
        assert hog.running == 2
    assert hog.running == 0


def test_the_machine_is_described() -> None:
    machine = describe_machine()
    assert machine['cores'] >= 1
    assert len(machine['load_before']) == 3
    assert machine['processor']
