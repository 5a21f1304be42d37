# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the control loops, as the command line knows it."""

import argparse
from pathlib import Path

from rho_bringup.bench.arguments import positive_seconds
from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.context import BenchContext
from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell


class ControlBench:
    """Wake lateness, missed cycles, tick times and skew of the controllers of both arms."""

    name = 'control'
    summary = 'measure the control loops of both arms while the whole stack works'
    example = './rho bench control --seconds 60 --out control.json'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the length of the measurement and what runs beside it."""
        parser.add_argument('--seconds', type=positive_seconds, default=60.0, metavar='S',
                            help='length of each part (default: %(default)s)')
        parser.add_argument('--hog', action=argparse.BooleanOptionalAction, default=True,
                            help='measure a second time with an endless computation on every '
                                 'core (default: yes)')
        parser.add_argument('--cell', type=Path, metavar='FILE.yaml',
                            help='cell file, mode sim (default: the one of rho_bringup)')
        parser.add_argument('--bundle', metavar='NAME|FOLDER',
                            help='policy bundle (default: that of the cell file)')

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        """Start the cell, give it work and measure."""
        from rho_bringup.bench.control.control_bench_node import ControlOptions
        from rho_bringup.bench.control.control_bench_node import measure_control

        cell = load_cell(options.cell, mode='sim', overrides=Overrides(bundle=options.bundle))
        return measure_control(
            cell, ControlOptions(seconds=options.seconds, with_hog=options.hog), context)
