# SPDX-License-Identifier: Apache-2.0
"""The command line of `./rho`: set up what the verb needs, then hand over to it."""

import difflib
import errno
import os
import shlex
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rho_bootstrap import checks
from rho_bootstrap import system
from rho_bootstrap.console import say
from rho_bootstrap.environment import run_environment
from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.steps import Setup

_ROOT = Path(__file__).resolve().parents[2]
_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130
_ALL_GROUPS = ('development', 'learning', 'hardware')


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb.

    Attributes:
        text: Its line in the help.
        module: What runs it; '' for the bootstrap's own.
        groups: The requirement groups it needs besides those of every verb.
    """

    text: str
    module: str = ''
    groups: tuple[str, ...] = ()


VERBS = {
    'demo': Verb(text='run one episode in the simulator and report it', module='rho_bringup.cli'),
    'launch': Verb(text='start the cell and keep it running', module='rho_bringup.cli'),
    'eval': Verb(text='run many episodes and report the success rate', module='rho_bringup.cli'),
    'bench': Verb(text='measure and write the figures as JSON', module='rho_bringup.cli'),
    'bundle': Verb(text='check, show or make a policy bundle', module='rho_bringup.cli'),
    'train': Verb(
        text='train the policy on demonstrations from the simulator',
        module='rho_learning.cli',
        groups=('learning',),
    ),
    'export': Verb(
        text='turn a trained policy into a bundle', module='rho_learning.cli', groups=('learning',)
    ),
    'test': Verb(text='run ruff, mypy and all tests', groups=_ALL_GROUPS),
    'build': Verb(text='set up and build, and nothing else (--all, --clean)'),
    'env': Verb(text='print the environment as shell exports: . <(./rho env)'),
    'doctor': Verb(text='tell what is set up and what is missing', module='rho_bringup.cli'),
}


def main(arguments: list[str]) -> int:
    """Run `./rho`.

    Args:
        arguments: The command line after the program's name.

    Returns:
        The exit code, when no other program takes over.
    """
    signal.signal(signal.SIGTERM, _leave)
    if not arguments or arguments[0] in ('-h', '--help', 'help'):
        print(help_text())
        return 0 if arguments else _EXIT_USAGE
    name, *rest = arguments
    if name not in VERBS:
        close = difflib.get_close_matches(name, VERBS, n=1)
        hint = f'; did you mean {close[0]}?' if close else ''
        say(f'unknown verb {name!r} (expected one of {", ".join(VERBS)}){hint}')
        return _EXIT_USAGE
    try:
        return _dispatch(name, rest)
    except SetupError as error:
        say(str(error))
        return 1
    except PermissionError as error:
        say(
            f'{error}. It belongs to another user; if ./rho once ran with sudo, give the folder '
            f'back:\n    sudo chown -R "$USER" "{_ROOT}"'
        )
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(f'{error}. Set-up needs about 1.5 GB, with torch about 2.5 GB')
        return 1
    except KeyboardInterrupt:
        say('interrupted; the next ./rho goes on from here')
        return _EXIT_INTERRUPTED


def help_text() -> str:
    """Return what `./rho --help` prints."""
    width = max(map(len, VERBS))
    lines = [f'  {name:<{width}}  {verb.text}' for name, verb in VERBS.items()]
    return '\n'.join(
        [
            'usage: ./rho <verb> [arguments]',
            '',
            *lines,
            '',
            './rho <verb> --help tells the arguments. The first use sets up .venv and builds.',
        ]
    )


def _dispatch(name: str, rest: list[str]) -> int:
    verb = VERBS[name]
    layout = Layout(root=_ROOT, distribution=os.environ.get('ROS_DISTRO', ''))
    if name == 'test' and checks.wants_help(rest):
        print(checks.usage())
        return 0
    if name == 'build':
        return _build(layout, rest)
    if name == 'env':
        return _env(layout)
    if name == 'doctor':
        return _doctor(layout, rest)
    Setup(layout, verb.groups).run()
    env = run_environment(layout)
    if name == 'test':
        return checks.run_checks(layout, rest, env)
    if 'learning' not in verb.groups:
        # Each node is one process with a small model; more threads only take turns.
        env.setdefault('OMP_NUM_THREADS', '1')
    return _hand_over(layout, verb.module, [name, *rest], env)


def _build(layout: Layout, arguments: list[str]) -> int:
    unknown = [argument for argument in arguments if argument not in ('--all', '--clean')]
    if unknown:
        print('usage: ./rho build [--all] [--clean]\n')
        print('  --all    install the requirements of every verb, to be offline later')
        print('  --clean  build every package from nothing')
        return 0 if unknown[0] in ('-h', '--help') else _EXIT_USAGE
    if '--clean' in arguments:
        shutil.rmtree(layout.install, ignore_errors=True)
    Setup(layout, _ALL_GROUPS if '--all' in arguments else ()).run()
    say(f'everything is up to date; ROS 2 from {layout.distribution or "the wheels in .venv"}')
    return 0


def _env(layout: Layout) -> int:
    if Setup(layout, ()).pending():
        # Standard output is read by a shell, so set-up must not write to it.
        print('rho: not set up; run ./rho build first', file=sys.stderr)
        return 1
    for name, value in sorted(run_environment(layout).items()):
        if os.environ.get(name) != value:
            print(f'export {name}={shlex.quote(value)}')
    return 0


def _doctor(layout: Layout, arguments: list[str]) -> int:
    """Report set-up without changing it; the workspace's own doctor follows when it can run."""
    say(f'workspace {layout.root}, Python {layout.python}')
    say(f'ROS 2: {f"installed {layout.distribution}" if layout.distribution else "wheels"}')
    absent = system.missing(system.needs(layout.distribution))
    say(f'system packages missing: {" ".join(need.package for need in absent) or "none"}')
    pending = Setup(layout, ()).pending()
    say(f'set-up pending: {", ".join(pending) or "nothing"}')
    if pending:
        say('run ./rho build to set up')
        return 1
    env = run_environment(layout)
    env.setdefault('OMP_NUM_THREADS', '1')
    return _hand_over(layout, 'rho_bringup.cli', ['doctor', *arguments], env)


def _hand_over(layout: Layout, module: str, arguments: list[str], env: dict[str, str]) -> int:
    python = str(layout.venv_python)
    os.execve(python, [python, '-m', module, *arguments], env)


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)
