# SPDX-License-Identifier: Apache-2.0
"""The verb `bench` of the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rho_bringup.bench.benchmark import Benchmark
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.progress import Progress
from rho_bringup.bench.registry import BENCHMARKS
from rho_bringup.episodes.reports import write_json
from rho_bringup.exit_codes import MEANINGS
from rho_bringup.exit_codes import ExitCode
from rho_bringup.stack_errors import StackError
from rho_bringup.terminal import Terminal
from rho_bringup.terminal import silent


def add_bench_arguments(
    parser: argparse.ArgumentParser, benchmarks: Sequence[Benchmark] = BENCHMARKS
) -> None:
    """Give the parser of the verb one sub-command per benchmark."""
    names = parser.add_subparsers(dest='benchmark', required=True, metavar='NAME')
    for benchmark in benchmarks:
        summary = benchmark.summary
        one = names.add_parser(
            benchmark.name, help=summary, description=f'{summary[0].upper()}{summary[1:]}.',
            epilog=f'example:\n  {benchmark.example}\n\n{MEANINGS}',
            formatter_class=argparse.RawDescriptionHelpFormatter)
        benchmark.add_arguments(one)
        one.add_argument('--out', type=Path, metavar='FILE.json',
                         help='write the figures as JSON')
        one.add_argument('--verbose', action='store_true', help='show what the nodes print')
        one.set_defaults(bench=benchmark)


def run_bench(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """Run the benchmark that the command line named.

    Raises:
        RhoError: A file or an argument must be corrected.
    """
    context = BenchContext(
        say=terminal.say,
        sink=terminal.node_line if options.verbose else silent,
        progress=Progress(terminal.say),
    )
    try:
        result = options.bench.run(options, context)
    except StackError as error:
        terminal.say(f'FAILED: {error}')
        return ExitCode.STACK_FAILED
    for line in result.lines:
        terminal.say(line)
    if options.out is not None:
        write_json(options.out, result.tree)
        terminal.say(f'figures written to {options.out}')
    return ExitCode.OK
