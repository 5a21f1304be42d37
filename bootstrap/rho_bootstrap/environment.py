# SPDX-License-Identifier: Apache-2.0
"""The environment of everything that runs inside the workspace."""

import os
from pathlib import Path

from rho_bootstrap.layout import Layout
from rho_bootstrap.packages import find_packages

# Of a sourced workspace or another Python; on the wheels none of it may leak in.
_FOREIGN = ('COLCON_PREFIX_PATH', 'PYTHONHOME', 'PYTHONSTARTUP', 'ROS_PACKAGE_PATH')


def build_environment(layout: Layout) -> dict[str, str]:
    """Return the environment of `colcon build`."""
    env = dict(os.environ)
    env['PATH'] = _join(layout.venv / 'bin', env.get('PATH', ''))
    env['VIRTUAL_ENV'] = str(layout.venv)
    env['COLCON_LOG_PATH'] = str(layout.root / 'log')
    if layout.uses_wheels:
        _forget_foreign(env)
        env.pop('PYTHONPATH', None)
        env['AMENT_PREFIX_PATH'] = str(layout.venv)
        env['CMAKE_PREFIX_PATH'] = str(layout.venv)
        env['LD_LIBRARY_PATH'] = _join(*_wheel_libraries(layout), env.get('LD_LIBRARY_PATH', ''))
        env['_ROS_WHEELS_BOOTSTRAP_COMPLETE'] = '1'
    return env


def run_environment(layout: Layout) -> dict[str, str]:
    """Return the environment of the verbs and the nodes."""
    env = build_environment(layout)
    install = layout.install
    env['AMENT_PREFIX_PATH'] = _join(install, env.get('AMENT_PREFIX_PATH', ''))
    env['CMAKE_PREFIX_PATH'] = _join(install, env.get('CMAKE_PREFIX_PATH', ''))
    env['LD_LIBRARY_PATH'] = _join(install / 'lib', env.get('LD_LIBRARY_PATH', ''))
    env['PATH'] = _join(layout.venv / 'bin', install / 'bin', env.get('PATH', ''))
    env['PYTHONPATH'] = _join(*python_path(layout), env.get('PYTHONPATH', ''))
    env['RHO_ROOT'] = str(layout.root)
    if layout.uses_wheels:
        # The only middleware among the wheels.
        env['RMW_IMPLEMENTATION'] = 'rmw_fastrtps_cpp'
    env.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    # Images over UDP loopback lose fragments; this profile uses TCP and shared memory.
    env.setdefault('FASTDDS_BUILTIN_TRANSPORTS', 'LARGE_DATA')
    env.setdefault('MUJOCO_GL', 'egl')
    if os.access(layout.root, os.W_OK):
        env.setdefault('ROS_LOG_DIR', str(layout.state / 'ros_log'))
    return env


def python_path(layout: Layout) -> list[Path]:
    """Return what PYTHONPATH needs: sources, their metadata, generated interfaces.

    A symlink install leaves the metadata with the entry points in the build folder.
    """
    packages = [package for package in find_packages(layout) if package.is_python]
    sources = [package.folder for package in packages]
    metadata = [layout.build / package.name for package in packages]
    generated = [
        folder
        for kind in ('site-packages', 'dist-packages')
        for pattern in (f'lib/python3*/{kind}', f'local/lib/python3*/{kind}')
        for folder in sorted(layout.install.glob(pattern))
    ]
    return [*sources, *metadata, *generated]


def _wheel_libraries(layout: Layout) -> list[Path]:
    return [layout.venv / 'lib', *sorted(layout.site_packages.glob('ros_*.libs'))]


def _forget_foreign(env: dict[str, str]) -> None:
    for key in _FOREIGN:
        env.pop(key, None)


def _join(*parts: Path | str) -> str:
    """Join search paths, without empty parts and with each folder once."""
    folders = [folder for part in parts for folder in str(part).split(os.pathsep) if folder]
    return os.pathsep.join(dict.fromkeys(folders))
