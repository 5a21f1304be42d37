# SPDX-License-Identifier: Apache-2.0
"""The command line: demo, launch, eval, bench, bundle, doctor.

`./rho` prepares the environment and calls it.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from rho_bringup.bench.verb import add_bench_arguments
from rho_bringup.bench.verb import run_bench
from rho_bringup.bundle.verb import add_bundle_arguments
from rho_bringup.bundle.verb import run_bundle
from rho_bringup.cell import Cell
from rho_bringup.cell_file import Overrides
from rho_bringup.cell_file import load_cell
from rho_bringup.doctor.checks import CHECKS
from rho_bringup.doctor.finding import Level
from rho_bringup.exit_codes import MEANINGS
from rho_bringup.exit_codes import ExitCode
from rho_bringup.launch_command import run_launch
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.terminal import Terminal
from rho_bringup.terminal import silent
from rho_core.errors import RhoError

DEFAULT_INSTRUCTION = 'Push the red button with the right gripper.'
DEFAULT_SEED = 3
DEMO_TIMEOUT_S = 20.0
EVAL_TIMEOUT_S = 12.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code."""
    options = make_parser().parse_args(arguments)
    terminal = Terminal()
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        return int(options.run(options, terminal))
    except KeyboardInterrupt:
        terminal.say('interrupted; everything has been shut down')
        return int(ExitCode.INTERRUPTED)
    except RhoError as error:
        print(f'rho {options.verb}: {error}', file=sys.stderr)
        return int(ExitCode.BAD_INPUT)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    parser = argparse.ArgumentParser(prog='rho', description='Runs a Rho cell.', epilog=MEANINGS)
    verbs = parser.add_subparsers(dest='verb', required=True, metavar='VERB')
    _add_demo(verbs)
    _add_launch(verbs)
    _add_eval(verbs)
    _add_bench(verbs)
    _add_bundle(verbs)
    _add_doctor(verbs)
    return parser


Verbs: TypeAlias = 'argparse._SubParsersAction[argparse.ArgumentParser]'


def _add_verb(verbs: Verbs, name: str, text: str, example: str) -> argparse.ArgumentParser:
    return verbs.add_parser(
        name, help=text, description=f'{text[0].upper()}{text[1:]}.',
        epilog=f'example:\n  {example}\n\n{MEANINGS}',
        formatter_class=argparse.RawDescriptionHelpFormatter)


def _add_demo(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'demo', 'start a simulated cell and let it carry out an instruction',
                       './rho demo --seed 7 --instruction "Push the blue button." --out demo.json')
    parser.add_argument('--seed', type=_seed, default=DEFAULT_SEED,
                        help='scene (default: %(default)s)')
    parser.add_argument('--instruction', default=DEFAULT_INSTRUCTION,
                        help='what to do (default: "%(default)s")')
    parser.add_argument('--no-view', action='store_true',
                        help='open no window; there is no viewer yet, so this changes nothing')
    parser.add_argument('--timeout', type=_seconds, default=DEMO_TIMEOUT_S, metavar='S',
                        help='seconds until success (default: %(default)s)')
    parser.add_argument('--picture', type=Path, metavar='FILE.png',
                        help='draw the cell as it stands in the end')
    _add_cell_arguments(parser)
    _add_result_arguments(parser)
    parser.set_defaults(run=_demo)


def _add_launch(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'launch', 'run a cell until Ctrl-C',
                       './rho launch --mode sim --seed 5')
    parser.add_argument('--mode', choices=('sim', 'real'),
                        help='mode that the cell must have (default: that of the file)')
    parser.add_argument('--namespace', help='namespace of the cell')
    parser.add_argument('--seed', type=_seed, help='scene of the simulator at start')
    _add_cell_arguments(parser)
    parser.set_defaults(run=_launch)


def _add_eval(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'eval', 'run many episodes on one simulated cell and count',
                       './rho eval --suite buttons --episodes 20 --seed 100 --out eval.json')
    parser.add_argument('--suite', default='buttons',
                        help='which tasks (default: %(default)s)')
    parser.add_argument('--episodes', type=int, default=20, help='how many (default: %(default)s)')
    parser.add_argument('--seed', type=_seed, default=100,
                        help='first seed, the others follow (default: %(default)s)')
    parser.add_argument('--timeout', type=_seconds, default=EVAL_TIMEOUT_S, metavar='S',
                        help='seconds until success, per episode (default: %(default)s)')
    _add_cell_arguments(parser)
    _add_result_arguments(parser)
    parser.set_defaults(run=_eval)


def _add_bench(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'bench', 'measure and write the figures as JSON',
                       './rho bench control --seconds 60 --out control.json')
    add_bench_arguments(parser)
    parser.set_defaults(run=run_bench)


def _add_bundle(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'bundle', 'check, show or make a policy bundle',
                       './rho bundle check my_bundle')
    add_bundle_arguments(parser)
    parser.set_defaults(run=run_bundle)


def _add_doctor(verbs: Verbs) -> None:
    parser = _add_verb(verbs, 'doctor', 'check whether this machine can run Rho',
                       './rho doctor --json')
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.set_defaults(run=_doctor)


def _add_cell_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--cell', type=Path, metavar='FILE.yaml',
                        help='cell file (default: the one of rho_bringup)')
    parser.add_argument('--bundle', metavar='NAME|FOLDER',
                        help='policy bundle (default: that of the cell file)')


def _add_result_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--out', type=Path, metavar='FILE.json', help='write the result as JSON')
    parser.add_argument('--verbose', action='store_true', help='show what the nodes print')


def _demo(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    from rho_bringup.demo_node import DemoOptions
    from rho_bringup.demo_node import run_demo

    return run_demo(
        _sim_cell(options),
        DemoOptions(instruction=options.instruction, seed=options.seed,
                    timeout_s=options.timeout, out=options.out,
                    picture=options.picture),
        say=terminal.say, sink=_sink(options, terminal))


def _eval(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    from rho_bringup.episodes.suites import suite_tasks
    from rho_bringup.eval_node import EvalOptions
    from rho_bringup.eval_node import run_eval

    tasks = suite_tasks(options.suite, first_seed=options.seed, episodes=options.episodes)
    return run_eval(
        _sim_cell(options),
        EvalOptions(tasks=tasks, timeout_s=options.timeout, out=options.out),
        say=terminal.say, sink=_sink(options, terminal))


def _launch(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    cell = load_cell(options.cell, mode=options.mode, overrides=Overrides(
        namespace=options.namespace, seed=options.seed, bundle=options.bundle))
    return run_launch(cell, say=terminal.say, sink=terminal.node_line)


def _doctor(options: argparse.Namespace, _terminal: Terminal) -> ExitCode:
    findings = [check() for check in CHECKS]
    if options.json:
        print(json.dumps([finding.tree() for finding in findings], indent=2))
    else:
        print('\n'.join(finding.line() for finding in findings))
    is_fit = all(finding.level is not Level.ERROR for finding in findings)
    return ExitCode.OK if is_fit else ExitCode.NOT_DONE


def _sim_cell(options: argparse.Namespace) -> Cell:
    overrides = Overrides(seed=options.seed, bundle=options.bundle)
    return load_cell(options.cell, mode='sim', overrides=overrides)


def _sink(options: argparse.Namespace, terminal: Terminal) -> LineSink:
    return terminal.node_line if options.verbose else silent


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f'{text} is not a seed, expected 0 to 2^63 - 1')
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f'{text} is not a time, expected seconds > 0')
    return value


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == '__main__':
    sys.exit(main())
