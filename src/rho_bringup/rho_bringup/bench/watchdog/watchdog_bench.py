# SPDX-License-Identifier: Apache-2.0
"""Fault injection, as the command line knows it."""

import argparse
from dataclasses import replace
from pathlib import Path

from rho_bringup.bench.arguments import positive_count
from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.watchdog.faults.catalogue import all_faults
from rho_bringup.bench.watchdog.faults.catalogue import select
from rho_bringup.bench.watchdog.summary import describe
from rho_bringup.bench.watchdog.watch_settings import camera_freeze_limit_ms
from rho_bringup.bench.watchdog.watch_settings import stream_deadlines_ms
from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell

BUNDLE = 'swing'


class WatchdogBench:
    """What the arms do when something breaks while both of them move."""

    name = 'watchdog'
    summary = 'break the running cell in many ways and measure how the arms stop'
    example = './rho bench watchdog --trials 20 --out watchdog.json'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the number of trials and the choice of faults."""
        parser.add_argument('--trials', type=positive_count, default=20, metavar='N',
                            help='trials of each fault (default: %(default)s)')
        parser.add_argument('--faults', default='', metavar='A,B',
                            help='only these faults; a name that does not exist lists all')
        parser.add_argument('--cell', type=Path, metavar='FILE.yaml',
                            help='cell file, mode sim (default: the one of rho_bringup)')

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        """Start the cell, break it and watch."""
        from rho_bringup.bench.watchdog.campaign_node import Campaign
        from rho_bringup.bench.watchdog.campaign_node import Plan

        cell = load_cell(options.cell, mode='sim', overrides=Overrides(bundle=BUNDLE))
        # The benchmark itself releases the arms, again and again.
        cell = replace(cell, bringup=replace(cell.bringup, auto_arm=True))
        names = [name.strip() for name in options.faults.split(',') if name.strip()]
        faults = select(
            all_faults(cell, freeze_limit_ms=camera_freeze_limit_ms(cell)), names)
        tree = Campaign(cell, stream_deadlines_ms(cell), context).run(
            Plan(faults=faults, trials=options.trials))
        return BenchResult(tree=tree, lines=tuple(describe(name, one)
                                                  for name, one in tree.items()))
