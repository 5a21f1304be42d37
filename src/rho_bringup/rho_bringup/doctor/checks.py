# SPDX-License-Identifier: Apache-2.0
"""The checks of `rho doctor`."""

import importlib.util
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path

from rho_bringup.doctor.finding import Finding
from rho_bringup.doctor.finding import Level
from rho_bringup.environment import DEFAULTS

PYTHON_RANGE = ((3, 10), (3, 13))
SHARED_MEMORY_MB = 64
_RENDER_TIMEOUT_S = 30.0
_RENDER = """
import mujoco
model = mujoco.MjModel.from_xml_string('<mujoco><worldbody><geom size=".1"/></worldbody></mujoco>')
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
renderer = mujoco.Renderer(model, 16, 16)
renderer.update_scene(data)
renderer.render()
print(mujoco.__version__)
"""


def check_python(version: tuple[int, int] | None = None) -> Finding:
    """Check the version of Python."""
    found = sys.version_info[:2] if version is None else version
    low, high = PYTHON_RANGE
    text = f'{found[0]}.{found[1]}'
    if low <= found <= high:
        return Finding(name='Python', level=Level.OK, detail=text)
    return Finding(name='Python', level=Level.ERROR, detail=text,
                   advice=f'use Python {low[0]}.{low[1]} to {high[0]}.{high[1]}')


def check_ros(
    environment: Mapping[str, str] | None = None,
    has_module: Callable[[str], bool] | None = None,
) -> Finding:
    """Check that rclpy and the interfaces of Rho can be imported."""
    environment = os.environ if environment is None else environment
    has_module = _has_module if has_module is None else has_module
    if not has_module('rclpy'):
        return Finding(name='ROS 2', level=Level.ERROR, detail='rclpy is missing',
                       advice='start through ./rho, or source /opt/ros/<distribution>/setup.bash')
    if not has_module('rho_interfaces'):
        return Finding(name='ROS 2', level=Level.ERROR, detail='rho_interfaces is not built',
                       advice='start through ./rho, or run colcon build and source install')
    distribution = environment.get('ROS_DISTRO')
    route = f'installed {distribution}' if distribution else 'wheels in .venv'
    return Finding(name='ROS 2', level=Level.OK, detail=route)


def check_rendering(environment: Mapping[str, str] | None = None) -> Finding:
    """Draw one small picture, in a process of its own because a broken GL may end it."""
    environment = os.environ if environment is None else environment
    backend = environment.get('MUJOCO_GL', 'default')
    try:
        done = subprocess.run([sys.executable, '-c', _RENDER], env=dict(environment),
                              capture_output=True, text=True, timeout=_RENDER_TIMEOUT_S,
                              check=False)
    except subprocess.TimeoutExpired:
        return Finding(name='Rendering', level=Level.ERROR,
                       detail=f'no picture within {_RENDER_TIMEOUT_S:g} s (MUJOCO_GL={backend})',
                       advice='try MUJOCO_GL=osmesa')
    if done.returncode == 0:
        return Finding(name='Rendering', level=Level.OK,
                       detail=f'MuJoCo {done.stdout.strip()}, MUJOCO_GL={backend}')
    lines = done.stderr.strip().splitlines() or ['no output']
    return Finding(name='Rendering', level=Level.ERROR,
                   detail=f'MUJOCO_GL={backend}: {lines[-1]}',
                   advice='install libegl1 libgl1-mesa-dri libosmesa6 and set MUJOCO_GL=egl')


def check_realtime(limits: tuple[int, int] | None = None, user_id: int | None = None) -> Finding:
    """Check whether a control loop may ask for real-time priority."""
    soft, hard = resource.getrlimit(resource.RLIMIT_RTPRIO) if limits is None else limits
    if (os.geteuid() if user_id is None else user_id) == 0 or soft > 0 or soft == -1:
        return Finding(name='Real-time priority', level=Level.OK, detail='permitted')
    return Finding(
        name='Real-time priority', level=Level.WARNING,
        detail=f'not permitted (limit {soft}, at most {hard}); the loops run, but later',
        advice='add "<user> - rtprio 80" to /etc/security/limits.d/rho.conf and log in again')


def check_shared_memory(folder: Path = Path('/dev/shm')) -> Finding:
    """Check that images can go through shared memory."""
    name = 'Shared memory'
    if not os.access(folder, os.W_OK):
        return Finding(name=name, level=Level.ERROR, detail=f'{folder} is not writable',
                       advice='mount a tmpfs there (docker: --ipc=host)')
    state = os.statvfs(folder)
    free_mb = state.f_bavail * state.f_frsize // 2**20
    if free_mb < SHARED_MEMORY_MB:
        return Finding(name=name, level=Level.WARNING,
                       detail=f'{free_mb} MB free in {folder}, wanted {SHARED_MEMORY_MB}',
                       advice='remove stale fastrtps_* files there (docker: --shm-size=256m)')
    return Finding(name=name, level=Level.OK, detail=f'{free_mb} MB free in {folder}')


def check_transport(environment: Mapping[str, str] | None = None) -> Finding:
    """Check that DDS is set up for images."""
    environment = os.environ if environment is None else environment
    name = 'DDS transport'
    key = 'FASTDDS_BUILTIN_TRANSPORTS'
    middleware = environment.get('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp')
    if 'fastrtps' not in middleware:
        return Finding(name=name, level=Level.OK, detail=middleware)
    found = environment.get(key, '')
    if found == DEFAULTS[key]:
        return Finding(name=name, level=Level.OK, detail=f'{middleware}, {found}')
    return Finding(name=name, level=Level.WARNING,
                   detail=f'{middleware}, {key}={found or "not set"}: large images get lost',
                   advice=f'export {key}={DEFAULTS[key]} in every terminal (./rho does it itself)')


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python, check_ros, check_rendering, check_realtime, check_shared_memory,
    check_transport,
)
"""All checks, in the order of the report."""


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
