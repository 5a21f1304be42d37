# SPDX-License-Identifier: Apache-2.0
"""Runs pip so that only where packages come from is the user's, not how they are installed."""

import ast
import configparser
import os
import subprocess
from pathlib import Path

# What a company's mirror or a proxy needs. Everything else in pip.conf (user, target,
# require-virtualenv, no-deps, ...) would change what is installed or where.
SOURCE_OPTIONS = frozenset(
    {
        'cache-dir',
        'cert',
        'client-cert',
        'constraint',
        'default-timeout',
        'extra-index-url',
        'find-links',
        'index-url',
        'keyring-provider',
        'no-cache-dir',
        'no-index',
        'proxy',
        'retries',
        'timeout',
        'trusted-host',
    }
)


def source_options(listing: str) -> dict[str, str]:
    """Return the options of `pip config list` that say where packages come from.

    Sections later in pip's order win: [global], then [install], then the environment.
    """
    found: dict[str, str] = {}
    for section in ('global', 'install', ':env:'):
        for line in listing.splitlines():
            key, equals, literal = line.partition('=')
            name = key.removeprefix(f'{section}.')
            if not equals or name == key or name not in SOURCE_OPTIONS:
                continue
            try:
                found[name] = str(ast.literal_eval(literal))
            except (SyntaxError, ValueError):
                continue
    return found


def read_config(file: str) -> str:
    """Return a pip.conf in the form of `pip config list`.

    pip 23 leaves the file that PIP_CONFIG_FILE names out of its list.
    """
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding='utf-8')
    except (configparser.Error, UnicodeDecodeError):
        # pip itself says what is wrong with it, in the log of the install.
        return ''
    return '\n'.join(
        f'{section}.{name}={value!r}'
        for section in parser.sections()
        for name, value in parser.items(section)
    )


def environment(python: Path) -> dict[str, str]:
    """Return the environment for pip: the user's sources and nothing else of theirs."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(('PIP_', 'PYTHON')) and key != 'VIRTUAL_ENV'
    }
    # The ROS wheels' start-up hook would start Python a second time.
    clean['_ROS_WHEELS_BOOTSTRAP_COMPLETE'] = '1'
    listing = subprocess.run(
        [python, '-m', 'pip', 'config', 'list'],
        env={**clean, **{k: v for k, v in os.environ.items() if k.startswith('PIP_')}},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    named = read_config(os.environ.get('PIP_CONFIG_FILE', os.devnull))
    for name, value in source_options(f'{named}\n{listing}').items():
        clean[f'PIP_{name.upper().replace("-", "_")}'] = value
    clean['PIP_CONFIG_FILE'] = os.devnull
    clean['PIP_DISABLE_PIP_VERSION_CHECK'] = '1'
    clean['PIP_NO_INPUT'] = '1'
    return clean


def install_command(python: Path, files: list[Path], *, is_complete: bool) -> list[str]:
    """Return the command that installs lists of pinned requirements.

    Args:
        python: Interpreter of the environment.
        files: The lists.
        is_complete: Whether the lists name every dependency; otherwise pip looks for the rest.
    """
    command = [str(python), '-m', 'pip', 'install', '--progress-bar', 'off']
    command += ['--no-warn-script-location', *(['--no-deps'] if is_complete else [])]
    for file in files:
        command += ['--requirement', str(file)]
    return command
