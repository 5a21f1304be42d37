# SPDX-License-Identifier: Apache-2.0
"""The colcon workspace: which packages are out of date, and building them."""

import shutil

from rho_bootstrap import wheels
from rho_bootstrap.console import Console
from rho_bootstrap.environment import build_environment
from rho_bootstrap.layout import Layout
from rho_bootstrap.packages import find_packages
from rho_bootstrap.state import digest
from rho_bootstrap.state import read_stamp
from rho_bootstrap.state import write_stamp


class Workspace:
    """What is built, by the stamp in the install folder."""

    def __init__(self, layout: Layout, fingerprint: str) -> None:
        """Look at the sources.

        Args:
            layout: The route's paths.
            fingerprint: Hash of the tools that build; another one means building afresh.
        """
        self._layout = layout
        self._path = layout.install / '.rho' / 'packages.json'
        meta = layout.root / 'colcon.meta'
        settings = meta.read_bytes() if meta.exists() else b''
        self._context = digest(str(layout.root), fingerprint, settings)
        self._packages = find_packages(layout)

    def pending(self) -> list[str]:
        """Return the names of the packages that need a build."""
        stamp = read_stamp(self._path)
        if self._is_stale(stamp):
            return [package.name for package in self._packages]
        glances = _table(stamp, 'glances')
        contents = _table(stamp, 'contents')
        pending = []
        touched = False
        for package in self._packages:
            glance = package.glance()
            if glances.get(package.name) == glance:
                continue
            if contents.get(package.name) == package.content():
                glances[package.name] = glance
                touched = True
            else:
                pending.append(package.name)
        if touched and not pending:
            self._remember_glances(glances, contents)
        return pending

    def build(self, names: list[str], console: Console, lock_fd: int) -> None:
        """Build packages and those that depend on them."""
        stamp = read_stamp(self._path)
        if self._is_stale(stamp):
            # Leftovers of removed packages or of another Python would stay in a merged install.
            shutil.rmtree(self._layout.build, ignore_errors=True)
            shutil.rmtree(self._layout.install, ignore_errors=True)
            stamp = {}
            # From here on it is unfinished, not stale: a failed build goes on where it was.
            self._write({}, {})
        # Taken before the build, so that an edit during it is seen by the next run.
        built = {package.name: package for package in self._packages if package.name in names}
        glances = _table(stamp, 'glances')
        contents = _table(stamp, 'contents')
        for name, package in built.items():
            glances[name] = package.glance()
            contents[name] = package.content()
        command = colcon_build(self._layout, names)
        env = build_environment(self._layout)
        console.run(command, env=env, cwd=self._layout.root, keep_fd=lock_fd)
        wheels.repair_scripts(self._layout)
        self._write(glances, contents)

    def _is_stale(self, stamp: dict[str, object]) -> bool:
        known = {package.name for package in self._packages}
        return stamp.get('context') != self._context or not set(_table(stamp, 'contents')) <= known

    def _remember_glances(self, glances: dict[str, str], contents: dict[str, str]) -> None:
        try:
            self._write(glances, contents)
        except OSError:
            # A workspace that this user may only read is still usable; it is just slower.
            return

    def _write(self, glances: dict[str, str], contents: dict[str, str]) -> None:
        content: dict[str, object] = {
            'context': self._context,
            'glances': glances,
            'contents': contents,
        }
        write_stamp(self._path, content)


def colcon_build(layout: Layout, names: list[str]) -> list[str]:
    """Return the command that builds these packages and those above them."""
    command = [str(layout.venv_python), '-m', 'colcon', 'build']
    # Direct output makes the shown progress move, and puts the reason of a failure in the log.
    command += ['--merge-install', '--symlink-install', '--event-handlers', 'console_direct+']
    command += ['--build-base', str(layout.build), '--install-base', str(layout.install)]
    command += ['--base-paths', 'src', *(['underlay'] if layout.uses_wheels else [])]
    command += ['--packages-above', *names]
    command += [
        '--cmake-args',
        f'-DPython3_EXECUTABLE={layout.venv_python}',
        '-DBUILD_TESTING=OFF',
    ]
    return command


def _table(stamp: dict[str, object], key: str) -> dict[str, str]:
    table = stamp.get(key)
    return {str(k): str(v) for k, v in table.items()} if isinstance(table, dict) else {}
