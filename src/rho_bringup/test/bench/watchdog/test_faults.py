# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from rho_bringup.bench.watchdog.fault_cell import FaultCell
from rho_bringup.bench.watchdog.fault_cell import rewire
from rho_bringup.bench.watchdog.faults import bad_trajectory
from rho_bringup.bench.watchdog.faults.catalogue import all_faults
from rho_bringup.bench.watchdog.faults.catalogue import select
from rho_bringup.bench.watchdog.faults.fault import Fault
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.rig import Points
from rho_bringup.bench.watchdog.watch_settings import camera_freeze_limit_ms
from rho_bringup.bench.watchdog.watch_settings import joint_limits
from rho_bringup.bench.watchdog.watch_settings import stream_deadlines_ms
from rho_bringup.cell_file import load_cell
from rho_bringup.specs import node_specs
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.admission import Admission
from rho_core.motion.trajectory import JointTrajectory
from rho_description import cell as describe_cell

CELL = load_cell()
FAULTS = all_faults(CELL, freeze_limit_ms=camera_freeze_limit_ms(CELL))
NAMES = [fault.name for fault in FAULTS]
FAULT_CELL = rewire(CELL, node_specs(CELL, runtime_dir=Path('/tmp')), Path('/tmp'))
NOW_NS = 1_000_000_000_000
ACTIVE_NS = NOW_NS + 80_000_000


class FakeRig:
    """Writes down what a fault does to it."""

    def __init__(self) -> None:
        self.cell = CELL
        self.deadlines_ms = stream_deadlines_ms(CELL)
        self.done: list[tuple[object, ...]] = []
        self.fault_cell: FaultCell = FAULT_CELL

    def kill(self, name: str) -> None:
        self.done.append(('kill', name))

    def pause(self, name: str) -> None:
        self.done.append(('pause', name))

    def resume(self, name: str) -> None:
        self.done.append(('resume', name))

    def revive(self, name: str) -> None:
        self.done.append(('revive', name))

    def renew(self, name: str) -> None:
        self.done.append(('renew', name))

    def order(self, relay: str, order: RelayOrder) -> None:
        self.done.append(('order', relay, order))

    def step_clock_to(self, offset_s: float) -> None:
        self.done.append(('clock', offset_s))

    def last_points(self, arm: str) -> Points:
        return good_points(arm)

    def send(self, points: Mapping[str, Points]) -> int:
        self.done += [('send', arm, one) for arm, one in points.items()]
        return self.now_ns()

    def now_ns(self) -> int:
        return NOW_NS

    def wait(self, seconds: float) -> None:
        self.done.append(('wait', seconds))


def good_points(arm: str = 'left') -> Points:
    joints = describe_cell().arm(arm)
    times_s = 0.1 * np.arange(10, dtype=np.float64)
    return Points(stamp_ns=ACTIVE_NS, joint_names=tuple(joints.joint_names), times_s=times_s,
                  positions=np.asarray(joints.home)[None] + 0.1 * np.sin(times_s)[:, None]
                  * (np.arange(7) < 6))


def refusal(points: Points) -> str:
    """What the admission of the left arm says while the good trajectory is active."""
    admission = Admission(joint_limits(CELL)['left'])
    try:
        admission.admit(
            JointTrajectory(start_ns=points.stamp_ns, times_s=points.times_s,
                            joint_names=points.joint_names, positions=points.positions),
            now_ns=NOW_NS, newer_than_ns=ACTIVE_NS)
    except Refused as error:
        return str(error)
    return ''


def test_names_are_different_and_say_what_follows() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(fault.about and fault.expected for fault in FAULTS)


@pytest.mark.parametrize('fault', FAULTS, ids=NAMES)
def test_what_a_fault_breaks_exists_and_is_mended(fault: Fault) -> None:
    rig = FakeRig()
    nodes = {spec.name for spec in rig.fault_cell.specs}
    helpers = {helper.name for helper in rig.fault_cell.helpers}
    assert fault.inject(rig) == NOW_NS
    assert rig.done
    fault.undo(rig)
    fault.restore(rig)
    for what, name, *_ in rig.done:
        if what in ('kill', 'pause', 'resume', 'revive', 'renew'):
            assert name in nodes | helpers
        if what == 'order':
            assert name in helpers
    assert count(rig, 'kill') == count(rig, 'revive')
    assert count(rig, 'pause') == count(rig, 'resume')
    clocks = [entry[1] for entry in rig.done if entry[0] == 'clock']
    assert not clocks or clocks[-1] == 0.0
    orders = [entry[2] for entry in rig.done if entry[0] == 'order']
    assert not orders or orders[-1] == RelayOrder()


def count(rig: FakeRig, what: str) -> int:
    return sum(entry[0] == what for entry in rig.done)


@pytest.mark.parametrize('fault', FAULTS, ids=NAMES)
def test_streams_of_a_fault_have_deadlines(fault: Fault) -> None:
    for stream in getattr(fault, 'streams', ()):
        assert stream_deadlines_ms(CELL)[stream] > 0


def test_good_trajectory_is_good() -> None:
    points = good_points()
    assert refusal(bad_trajectory.replace(points, stamp_ns=points.stamp_ns + 1)) == ''


@pytest.mark.parametrize(('spoil', 'why'), [
    (bad_trajectory.out_of_range, 'positions'),
    (bad_trajectory.too_fast, 'velocity'),
    (bad_trajectory.from_past, 'stamp'),
    (bad_trajectory.from_future, 'stamp'),
    (bad_trajectory.reordered, 'stamp'),
])
def test_spoiled_trajectory_is_refused_for_the_named_reason(
    spoil: Callable[[Points], Points], why: str
) -> None:
    assert why in refusal(spoil(good_points()))


@pytest.mark.parametrize('spoil', [bad_trajectory.with_nan, bad_trajectory.with_infinity])
def test_numbers_that_are_none_are_no_trajectory(spoil: Callable[[Points], Points]) -> None:
    spoiled = spoil(good_points())
    assert not np.isfinite(spoiled.positions).all()
    with pytest.raises(Refused, match='finite'):
        JointTrajectory(start_ns=0, times_s=spoiled.times_s, joint_names=spoiled.joint_names,
                        positions=spoiled.positions)


def test_bad_trajectories_go_to_both_arms() -> None:
    rig = FakeRig()
    select(FAULTS, ['trajectory_nan'])[0].inject(rig)
    assert [entry[:2] for entry in rig.done] == [('send', 'left'), ('send', 'right')]


def test_faults_are_selected_by_name() -> None:
    assert select(FAULTS, []) == FAULTS
    assert [one.name for one in select(FAULTS, ['camera_frozen', 'policy_sigkill'])] == [
        'camera_frozen', 'policy_sigkill']
    with pytest.raises(ConfigError, match=r'no such fault: fire; there are: policy_sigkill'):
        select(FAULTS, ['fire'])
