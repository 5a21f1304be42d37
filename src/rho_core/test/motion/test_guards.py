# SPDX-License-Identifier: Apache-2.0
"""What is wrong in a cycle is said with the figures, on whichever clock it shows."""

import math

import pytest

from rho_core.motion.guards import age_problem
from rho_core.motion.guards import measurement_problem
from rho_core.motion.guards import permit_problem
from rho_core.motion.guards import tracking_problem
from rho_core.motion.measurement import Measurement
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

MS = 1_000_000
NOW, STEADY, LIMIT = 1_000_000 * MS, 5_000 * MS, 50 * MS


def measured(positions: tuple[float, ...] = (0.0, 0.1), *, age_ns: int = 0) -> Measurement:
    return Measurement(stamp_ns=NOW - age_ns, received_ns=STEADY - age_ns, positions=positions)


def permit(stamp_ns: int = NOW, received_ns: int = STEADY) -> ArmPermit:
    return ArmPermit(permit=Permit.RUN, speed_scale=1.0, epoch=1, stamp_ns=stamp_ns,
                     received_ns=received_ns)


@pytest.mark.parametrize(('stamp_ms', 'received_ms', 'problem'), [
    (0, 0, ''),
    (-50, -50, ''),
    (-51, 0, 'thing: 51 ms old, allowed 50 ms'),
    (0, -51, 'thing: 51 ms old, allowed 50 ms'),
    (50, 0, ''),
    (51, 0, 'thing: 51 ms in the future'),
])
def test_age_is_judged_on_both_clocks(stamp_ms: int, received_ms: int, problem: str) -> None:
    assert age_problem('thing', NOW + stamp_ms * MS, STEADY + received_ms * MS, NOW, STEADY,
                       LIMIT) == problem


def test_a_permit_must_be_there_and_fresh() -> None:
    assert permit_problem(None, NOW, STEADY, LIMIT) == 'permit: none received'
    assert permit_problem(permit(), NOW, STEADY, LIMIT) == ''
    assert permit_problem(permit(NOW - 60 * MS), NOW, STEADY, LIMIT).startswith('permit: 60 ms')
    # The ROS clock was set back: the stamp looks new, the receipt is not.
    old = permit(NOW, STEADY - 60 * MS)
    assert permit_problem(old, NOW, STEADY, LIMIT).startswith('permit: 60 ms old')


@pytest.mark.parametrize(('sample', 'problem'), [
    (None, 'joint states: none received'),
    (measured(), ''),
    (measured((0.0,)), 'joint states: 1 joints, expected 2'),
    (measured((0.0, math.nan)), 'joint states: expected finite numbers'),
    (measured((math.inf, -math.inf)), 'joint states: expected finite numbers'),
    (measured(age_ns=51 * MS), 'joint states: 51 ms old, allowed 50 ms'),
])
def test_joints_must_be_known(sample: Measurement | None, problem: str) -> None:
    found = measurement_problem(sample, 2, NOW, STEADY, LIMIT)
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


def test_a_joint_too_far_from_its_command_is_named() -> None:
    allowed, names = (0.5, 0.01), ('turn', 'slide')
    assert tracking_problem((0.0, 0.0), (0.5, -0.01), allowed, names) == ''
    found = tracking_problem((0.0, 0.02), (0.1, 0.0), allowed, names)
    assert found == ('tracking: slide is at 0.0000, commanded 0.0200, allowed distance 0.0100')
    assert 'turn' in tracking_problem((0.0, 0.0), (math.nan, 0.0), allowed, names)
