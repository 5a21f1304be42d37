# SPDX-License-Identifier: Apache-2.0
"""Carries out `rho launch`: runs a cell until somebody ends it or a node dies."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rho_bringup.cell import Cell
from rho_bringup.environment import stack_environment
from rho_bringup.exit_codes import ExitCode
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.runner.runner import Runner
from rho_bringup.specs import node_specs

SETTLE_S = 2.0
"""Time that the arms get to come to rest by themselves when a node has died."""

_POLL_S = 0.1


def run_launch(cell: Cell, *, say: Callable[[str], None], sink: LineSink) -> ExitCode:
    """Run the cell and return the exit code.

    Args:
        cell: The cell.
        say: Takes lines for a person.
        sink: Takes (node, line) for every line that a node prints.

    Raises:
        KeyboardInterrupt: Somebody ended it; all processes have been ended then.
    """
    environment = {**os.environ, **stack_environment(os.environ)}
    with tempfile.TemporaryDirectory(prefix='rho-') as folder:
        runtime_dir = Path(folder)
        specs = node_specs(cell, runtime_dir=runtime_dir)
        with Runner(specs, runtime_dir=runtime_dir, sink=sink, environment=environment) as runner:
            say(f'{len(specs)} nodes started, logs in {runtime_dir}, end with Ctrl-C')
            while not runner.ended():
                time.sleep(_POLL_S)
            time.sleep(SETTLE_S)
            for end in runner.ended():
                say(end.report())
            say('shutting down, arms first')
    return ExitCode.STACK_FAILED
