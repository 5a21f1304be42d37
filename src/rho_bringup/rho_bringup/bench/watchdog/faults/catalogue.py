# SPDX-License-Identifier: Apache-2.0
"""All faults. A new one adds its lines here."""

from __future__ import annotations

from collections.abc import Sequence

from rho_bringup.bench.watchdog.fault_cell import CAMERA_RELAY
from rho_bringup.bench.watchdog.fault_cell import SERIAL_BRIDGE
from rho_bringup.bench.watchdog.faults.bad_trajectory import BadTrajectory
from rho_bringup.bench.watchdog.faults.bad_trajectory import from_future
from rho_bringup.bench.watchdog.faults.bad_trajectory import from_past
from rho_bringup.bench.watchdog.faults.bad_trajectory import out_of_range
from rho_bringup.bench.watchdog.faults.bad_trajectory import reordered
from rho_bringup.bench.watchdog.faults.bad_trajectory import too_fast
from rho_bringup.bench.watchdog.faults.bad_trajectory import with_infinity
from rho_bringup.bench.watchdog.faults.bad_trajectory import with_nan
from rho_bringup.bench.watchdog.faults.camera_frozen import CameraFrozen
from rho_bringup.bench.watchdog.faults.clock_step import ClockStep
from rho_bringup.bench.watchdog.faults.fault import Fault
from rho_bringup.bench.watchdog.faults.network_delay import network_delays
from rho_bringup.bench.watchdog.faults.process_fault import ProcessKilled
from rho_bringup.bench.watchdog.faults.process_fault import ProcessPaused
from rho_bringup.bench.watchdog.faults.process_fault import ProcessStalled
from rho_bringup.cell import Cell
from rho_core.errors import ConfigError

_COMMAND = r'^command\.\w+\.'


def all_faults(cell: Cell, *, freeze_limit_ms: float) -> tuple[Fault, ...]:
    """Return the faults that a cell can be broken with.

    Args:
        cell: The cell.
        freeze_limit_ms: How long a camera may repeat its picture [ms].
    """
    camera, sensor, arm = cell.cameras[0], next(iter(cell.tactile)), cell.arms[0]
    controller = f'{arm}_arm_controller'
    commands = tuple(f'command.{name}' for name in cell.arms)
    touch, picture = (f'tactile.{sensor}',), (f'camera.{camera}',)
    touch_late = rf'^tactile\.{sensor}\.'
    everything = ('joint_states', *(f'camera.{name}' for name in cell.cameras),
                  *(f'tactile.{name}' for name in cell.tactile))
    sensors_late = r'^(joint_states|camera\.\w+|tactile\.\w+)\.|^joint states'
    controllers = tuple(f'{name}_arm_controller' for name in cell.arms)
    controller_lost = rf'^controller\.{arm}\.'
    permit = r'^permit'
    return (
        ProcessKilled(name='policy_sigkill', process='policy', streams=commands, cause=_COMMAND),
        ProcessPaused(name='policy_sigstop', process='policy', streams=commands, cause=_COMMAND),
        ProcessStalled(name='policy_stall_1s', process='policy', streams=commands,
                       cause=_COMMAND),
        ProcessKilled(name='tactile_driver_sigkill', process=f'{sensor}_driver', streams=touch,
                      cause=touch_late),
        ProcessPaused(name='tactile_driver_sigstop', process=f'{sensor}_driver', streams=touch,
                      cause=touch_late),
        ProcessKilled(name='serial_unplug', process=SERIAL_BRIDGE, streams=touch,
                      cause=touch_late),
        ProcessKilled(name='camera_sigkill', process=CAMERA_RELAY, streams=picture,
                      cause=rf'^camera\.{camera}\.'),
        ProcessPaused(name='camera_sigstop', process=CAMERA_RELAY, streams=picture,
                      cause=rf'^camera\.{camera}\.'),
        CameraFrozen(camera=camera, limit_ms=freeze_limit_ms),
        ProcessKilled(name='simulator_sigkill', process='sim', streams=everything,
                      cause=sensors_late, renewed=controllers),
        ProcessPaused(name='simulator_sigstop', process='sim', streams=everything,
                      cause=sensors_late),
        ProcessKilled(name='controller_sigkill', process=controller,
                      streams=(f'controller.{arm}',), cause=controller_lost, deaf_arm=arm),
        ProcessPaused(name='controller_sigstop', process=controller,
                      streams=(f'controller.{arm}',), cause=controller_lost, deaf_arm=arm),
        ProcessKilled(name='watchdog_sigkill', process='watchdog', streams=('safety',),
                      cause=permit),
        ProcessPaused(name='watchdog_sigstop', process='watchdog', streams=('safety',),
                      cause=permit),
        BadTrajectory(name='trajectory_nan', about='a trajectory with a NaN', spoil=with_nan,
                      why='finite'),
        BadTrajectory(name='trajectory_infinite', about='a trajectory with an infinity',
                      spoil=with_infinity, why='finite'),
        BadTrajectory(name='trajectory_out_of_limits', about='a trajectory beyond the range',
                      spoil=out_of_range, why='positions'),
        BadTrajectory(name='trajectory_too_fast', about='a trajectory a hundred times too fast',
                      spoil=too_fast, why='velocity|acceleration|jerk|speed'),
        BadTrajectory(name='trajectory_from_past', about='a trajectory stamped 5 s ago',
                      spoil=from_past, why='^stamp', may_stop=_COMMAND),
        BadTrajectory(name='trajectory_from_future', about='a trajectory stamped 5 s ahead',
                      spoil=from_future, why='^stamp', may_stop=_COMMAND),
        BadTrajectory(name='trajectory_reordered', about='a trajectory older than the active one',
                      spoil=reordered, why='^stamp', may_stop=_COMMAND),
        *network_delays(camera, cell.arms),
        ClockStep(name='clock_step_forward', step_s=1.0),
        ClockStep(name='clock_step_backward', step_s=-1.0),
    )


def select(faults: Sequence[Fault], names: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults of these names, all when there are none.

    Raises:
        ConfigError: There is no such fault; the message lists those that exist.
    """
    known = {fault.name: fault for fault in faults}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f'no such fault: {", ".join(unknown)}; there are: {", ".join(known)}',
                          'faults')
    return tuple(known[name] for name in names) if names else tuple(faults)
