# SPDX-License-Identifier: Apache-2.0
"""The virtual environment and the groups of requirements in it."""

import os
import shutil
import sys
from csv import reader
from pathlib import Path

from rho_bootstrap import pip
from rho_bootstrap import wheels
from rho_bootstrap.console import Console
from rho_bootstrap.layout import Layout
from rho_bootstrap.requirements import requirements
from rho_bootstrap.state import digest
from rho_bootstrap.state import read_stamp
from rho_bootstrap.state import write_stamp

_BROKEN = 'interrupted'
# What else torch needs depends on the build that the package source offers.
_OPEN_GROUP = 'learning'


class Venv:
    """One route's virtual environment; knows what is missing in it."""

    def __init__(self, layout: Layout) -> None:
        """Look at nothing yet."""
        self._layout = layout
        self._stamps = layout.venv / '.rho'

    def exists(self) -> bool:
        """Return whether the environment is complete and was made for this place."""
        stamp = read_stamp(self._stamps / 'venv.json')
        return (
            stamp.get('root') == str(self._layout.root)
            and stamp.get('python') == self._layout.python
            and self._layout.venv_python.exists()
        )

    def pending(self, groups: tuple[str, ...]) -> list[str]:
        """Return the groups that are not installed as their files say now."""
        if not self.exists():
            return list(groups)
        return [group for group in groups if self._stamp(group) != self._wanted(group)]

    def fingerprint(self, groups: tuple[str, ...]) -> str:
        """Return a hash of the Python and of what these groups ask for."""
        return digest(self._layout.python, *(str(self._wanted(group)) for group in groups))

    def create(self, console: Console, lock_fd: int) -> None:
        """Make the environment, in place of an unfinished or moved one."""
        # Not an environment's interpreter, ours or an activated one: it may go away.
        base = os.path.realpath(sys.executable)
        shutil.rmtree(self._layout.venv, ignore_errors=True)
        command = [base, '-I', '-m', 'venv', str(self._layout.venv)]
        if not self._layout.uses_wheels:
            command.append('--system-site-packages')
        console.run(command, env=dict(os.environ), cwd=self._layout.root, keep_fd=lock_fd)
        content: dict[str, object] = {
            'root': str(self._layout.root),
            'python': self._layout.python,
        }
        write_stamp(self._stamps / 'venv.json', content)

    def install(self, groups: list[str], console: Console, lock_fd: int) -> None:
        """Install groups; stamps are written when all of it is there."""
        marker = self._stamps / _BROKEN
        if marker.exists():
            forget_incomplete(self._layout.site_packages)
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
        for group in groups:
            (self._stamps / f'{group}.json').unlink(missing_ok=True)
        env = pip.environment(self._layout.venv_python)
        complete = [group for group in groups if group != _OPEN_GROUP]
        if complete:
            self._pip(complete, env, console, lock_fd)
        if _OPEN_GROUP in groups:
            self._pip([_OPEN_GROUP], env, console, lock_fd)
        if 'ros' in groups:
            wheels.repair(self._layout)
        for group in groups:
            write_stamp(self._stamps / f'{group}.json', self._wanted(group))
        marker.unlink()

    def _pip(
        self,
        groups: list[str],
        env: dict[str, str],
        console: Console,
        lock_fd: int,
    ) -> None:
        files = []
        for group in groups:
            file = self._stamps / f'{group}.txt'
            file.write_text(requirements(self._layout, group), encoding='utf-8')
            files.append(file)
        command = pip.install_command(
            self._layout.venv_python, files, is_complete=_OPEN_GROUP not in groups
        )
        console.run(command, env=env, cwd=self._layout.root, keep_fd=lock_fd)

    def _stamp(self, group: str) -> dict[str, object]:
        return read_stamp(self._stamps / f'{group}.json')

    def _wanted(self, group: str) -> dict[str, object]:
        return {'sha256': digest(requirements(self._layout, group))}


def forget_incomplete(site_packages: Path) -> list[str]:
    """Make pip install again what an interrupted pip left half-installed.

    pip writes RECORD last and takes a distribution without it for installed all the same.

    Returns:
        The names of the distributions whose metadata was removed.
    """
    forgotten = []
    for info in sorted(site_packages.glob('*.dist-info')):
        record = info / 'RECORD'
        if not record.is_file() or not _all_there(record, site_packages):
            shutil.rmtree(info)
            forgotten.append(info.name)
    for stashed in site_packages.glob('~*'):
        shutil.rmtree(stashed, ignore_errors=True)
    return forgotten


def _all_there(record: Path, site_packages: Path) -> bool:
    with record.open(newline='', encoding='utf-8') as stream:
        names = [row[0] for row in reader(stream) if row and not row[0].endswith('.pyc')]
    return all(os.path.exists(os.path.join(site_packages, name)) for name in names)
