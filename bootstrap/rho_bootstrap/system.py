# SPDX-License-Identifier: Apache-2.0
"""System packages: find out exactly which are missing, install them or say how."""

import ctypes
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rho_bootstrap.console import say
from rho_bootstrap.errors import SetupError

_SWEEP_ROOTS = ('/usr/lib', '/usr/lib64')
# Of a distribution: what its smallest installation does not bring. The wheels have an underlay.
_BEYOND_ROS_BASE = ('control_msgs',)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that must be there, by whatever means.

    Attributes:
        what: Its name for people.
        package: The Debian package that brings it.
        present: Looks for the thing itself, not for the package: a compiler in /usr/local or the
            headers of a pyenv Python are as good.
    """

    what: str
    package: str
    present: Callable[[], bool]


def _has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _has_library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _has_headers() -> bool:
    return Path(sysconfig.get_path('include'), 'Python.h').is_file()


def _has_venv() -> bool:
    return find_spec('ensurepip') is not None and find_spec('venv') is not None


def _has_renderer() -> bool:
    drivers = ('swrast_dri.so', 'libgallium-*.so', 'libgallium_dri.so', 'libEGL_nvidia.so.*')
    folders = [Path(base) for base in _SWEEP_ROOTS]
    folders += [sub for base in folders for sub in base.glob('*-linux-gnu')]
    folders += [folder / 'dri' for folder in folders]
    return any(any(folder.glob(pattern)) for folder in folders for pattern in drivers)


def _has_ros_package(name: str) -> Callable[[], bool]:
    def is_indexed() -> bool:
        prefixes = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
        return any(Path(prefix, 'share', name, 'package.xml').is_file() for prefix in prefixes)

    return is_indexed


def needs(distribution: str = '') -> tuple[Need, ...]:
    """Return all that set-up and the simulator take from the system.

    Args:
        distribution: The installed ROS 2 in use, '' for the wheels, which have it all.
    """
    python = f'python{sys.version_info.major}.{sys.version_info.minor}'
    return (
        Need(what='a C++ compiler', package='g++', present=_has_program('c++', 'g++', 'clang++')),
        Need(what='make', package='make', present=_has_program('make', 'gmake')),
        Need(what='CMake', package='cmake', present=_has_program('cmake')),
        Need(what='the headers of Python', package=f'{python}-dev', present=_has_headers),
        Need(what='the venv module of Python', package=f'{python}-venv', present=_has_venv),
        Need(what='EGL', package='libegl1', present=_has_library('libEGL.so.1')),
        Need(what='OpenGL', package='libgl1', present=_has_library('libGL.so.1')),
        Need(what='a renderer', package='libgl1-mesa-dri', present=_has_renderer),
        *(
            Need(
                what=name,
                package=f'ros-{distribution}-{name.replace("_", "-")}',
                present=_has_ros_package(name),
            )
            for name in _BEYOND_ROS_BASE
            if distribution
        ),
    )


def missing(all_needs: Sequence[Need]) -> list[Need]:
    """Return the needs that are not met."""
    return [need for need in all_needs if not need.present()]


def provide(all_needs: Sequence[Need]) -> None:
    """Install what is missing, where this user may; otherwise say what to run.

    Raises:
        SetupError: Something is missing and stays so.
    """
    wanted = missing(all_needs)
    if not wanted:
        return
    names = ', '.join(need.what for need in wanted)
    packages = [need.package for need in wanted]
    if not (shutil.which('apt-get') and shutil.which('dpkg-query')):
        raise SetupError(
            f'missing on this system: {names}.\n  ./rho installs system packages on Debian and '
            'Ubuntu only; install these with your package manager and run ./rho again.\n'
            f'  (On Debian they are called {" ".join(packages)}.)'
        )
    line = f'apt-get update && sudo apt-get install -y {" ".join(packages)}'
    prefix = _privilege()
    if prefix is None:
        raise SetupError(
            f'missing on this system: {names}. Run this once, then ./rho again:\n    sudo {line}'
        )
    say(f'missing on this system: {names}; installing {" ".join(packages)}')
    _install(prefix, packages)
    still = missing(all_needs)
    if still:
        raise SetupError(
            f'installed {" ".join(packages)}, yet still missing: '
            f'{", ".join(f"{need.what} ({_status(need.package)})" for need in still)}'
        )


def _privilege() -> list[str] | None:
    """Return what to put before apt-get, or None when this user may not install."""
    if os.geteuid() == 0:
        return []
    if not shutil.which('sudo'):
        return None
    if subprocess.run(['sudo', '-n', 'true'], capture_output=True, check=False).returncode == 0:
        return ['sudo']
    # With a terminal sudo can ask for the password itself.
    return ['sudo'] if sys.stdin.isatty() and sys.stdout.isatty() else None


def _install(prefix: list[str], packages: list[str]) -> None:
    apt = [*prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y']
    install = [*apt, 'install', '--no-install-recommends', *packages]
    # The lists of a fresh machine are empty or old, so they are fetched first.
    for command in ([*apt, 'update'], install):
        code = subprocess.run(command, check=False).returncode
        if code != 0 and command is install:
            raise SetupError(f'`{" ".join(command)}` failed with exit code {code}; see above')


def _status(package: str) -> str:
    answer = subprocess.run(
        ['dpkg-query', '-W', '-f', '${Package} is ${db:Status-Status}', package],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or f'{package} is not installed'
