# SPDX-License-Identifier: Apache-2.0
"""`./rho test`: lint, types and all tests, with one exit code."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from rho_bootstrap.layout import Layout
from rho_bootstrap.packages import find_packages

_CLOSING = re.compile(rb'\b(passed|failed|errors?|skipped|deselected|no tests ran)\b.* in \d')
_FAST = 'not graph and not e2e and not slow'
# A property with many cases takes minutes; the limit of a single test is for those that hang.
_SLOW_TIMEOUT_S = 7200
_USAGE = """usage: ./rho test [--fast | --slow] [pytest arguments]

Runs ruff, mypy and pytest over all packages: unit tests, node tests over real DDS, and a whole
demo. Everything else goes to pytest (for example: ./rho test src/rho_core -k limits).

options:
  --fast      only tests that start no nodes
  --slow      many more generated cases per property: 20000 where safety rests on it
  -h, --help  show this
"""


def run_checks(layout: Layout, arguments: list[str], env: dict[str, str]) -> int:
    """Run every check, also after one failed.

    Args:
        layout: The route's paths.
        arguments: What followed `test` on the command line.
        env: The environment of the workspace.

    Returns:
        The exit code: 0 when everything passed.
    """
    fast, slow = '--fast' in arguments, '--slow' in arguments
    rest = [argument for argument in arguments if argument not in ('--fast', '--slow')]
    if slow:
        env = {**env, 'HYPOTHESIS_PROFILE': 'slow'}
        rest = ['-o', f'timeout={_SLOW_TIMEOUT_S}', *rest]
    python = str(layout.venv_python)
    results = {
        'ruff': _timed('ruff', [python, '-m', 'ruff', 'check', '.'], layout.root, env),
        'mypy': _timed('mypy', [python, '-m', 'mypy', *_typed(layout)], layout.root, env),
    }
    command = [python, '-m', 'pytest', *(['-m', _FAST] if fast else []), *rest]
    print('rho: pytest', flush=True)
    results['pytest'], closing = _hold_back_closing(command, layout.root, env)
    summary = ', '.join(
        f'{name} {"ok" if not code else "FAILED"}' for name, code in results.items()
    )
    print(f'rho: {summary}', flush=True)
    sys.stdout.buffer.write(closing)
    sys.stdout.flush()
    return next((code for code in results.values() if code), 0)


def wants_help(arguments: list[str]) -> bool:
    """Return whether only the usage is asked for."""
    return arguments[:1] in (['-h'], ['--help'])


def usage() -> str:
    """Return the help of `./rho test`."""
    return _USAGE


def _typed(layout: Layout) -> list[str]:
    folders = [package.folder / package.folder.name for package in find_packages(layout)]
    folders.append(layout.root / 'bootstrap' / 'rho_bootstrap')
    return [
        str(folder.relative_to(layout.root))
        for folder in folders
        if (folder / '__init__.py').exists()
    ]


def _timed(name: str, command: list[str], cwd: Path, env: dict[str, str]) -> int:
    began_s = time.monotonic()
    print(f'rho: {name}', flush=True)
    code = subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    print(f'rho: {name}: {time.monotonic() - began_s:.0f} s', flush=True)
    return code


def _hold_back_closing(command: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, bytes]:
    """Run pytest and show all but its closing line, which belongs at the very end."""
    if sys.stdout.isatty():
        env = {**env, 'PY_COLORS': '1'}
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE)
    held = b''
    if process.stdout is None:
        return process.wait(), held
    pending = b''
    while data := os.read(process.stdout.fileno(), 65536):
        *lines, pending = (pending + data).split(b'\n')
        for line in lines:
            if held:
                sys.stdout.buffer.write(held)
                held = b''
            if _CLOSING.search(line):
                held = line + b'\n'
            else:
                sys.stdout.buffer.write(line + b'\n')
        # pytest shows progress as dots without a line end.
        if pending and not held and set(pending) <= set(b'.sxXFE'):
            sys.stdout.buffer.write(pending)
            pending = b''
        sys.stdout.flush()
    sys.stdout.buffer.write(pending)
    return process.wait(), held
