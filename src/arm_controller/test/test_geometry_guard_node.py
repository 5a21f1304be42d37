# SPDX-License-Identifier: Apache-2.0
"""The geometry guard over real DDS: judges both arms, falls silent when one does."""

from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter

from arm_controller.geometry_guard_node import GeometryGuardNode
from rho_core.geometry.testing import GEOMETRY
from rho_core.motion.mode import ArmMode
from rho_core.motion.report import ArmReport
from rho_core.pacing import LoopTime
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import GeometryState
from rho_ros import qos
from rho_ros.conversions.arm_state import arm_state_to_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription
from rho_ros.testing import bring_up
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

pytestmark = pytest.mark.graph

FAR = {'left': (1.5, 0.0), 'right': (-1.5, 0.0)}
NEAR = {'left': (-0.45, 0.0), 'right': (0.45, 0.0)}


class Arms:
    """Two arms that report 50 times a second."""

    def __init__(self, context: Context) -> None:
        self.node = Node('arms', context=context, use_global_arguments=False)
        self._publishers = {
            arm: self.node.create_publisher(ArmState, f'{arm}_arm_controller/state', qos.state())
            for arm in ('left', 'right')}
        self._verdicts = PolledSubscription(
            self.node, GeometryState, 'safety/geometry', qos.state())
        self.positions = dict(FAR)
        self.verdict: Any = None
        self.count = 0
        self._loop = PeriodicLoop(20_000_000, self._tick, 'arms')
        self._loop.start()

    def end(self) -> None:
        self._loop.stop()

    def _tick(self, _time: LoopTime) -> None:
        for arm, position in self.positions.items():
            report = ArmReport(
                stamp_ns=int(self.node.get_clock().now().nanoseconds), arm=arm,
                mode=ArmMode.IDLE, reason='no trajectory',
                joint_names=(f'{arm}_elbow', f'{arm}_shoulder'), commanded=position[::-1],
                measured=position[::-1], velocity=(0.0, 0.0), acceleration=(0.0, 0.0))
            self._publishers[arm].publish(arm_state_to_ros(report))
        for verdict in self._verdicts.take_all():
            self.verdict = verdict
            self.count += 1


@pytest.fixture
def arms(context: Context) -> Iterator[Arms]:
    guard = GeometryGuardNode(
        'geometry_guard', context=context, use_global_arguments=False, parameter_overrides=[
            Parameter('geometry', value=GEOMETRY), Parameter('realtime_priority', value=0)])
    arms = Arms(context)
    with spinning(guard, arms.node, context=context) as spinner:
        bring_up(guard, spinner)
        yield arms
        arms.end()


def test_arms_that_are_far_apart_may_go_at_full_speed(arms: Arms) -> None:
    assert wait_for(lambda: arms.count > 5)
    verdict = arms.verdict
    assert list(verdict.arms) == ['left', 'right']
    assert list(verdict.speed_scales) == [1.0, 1.0]
    assert not any(verdict.blocked)
    assert 0.0 < verdict.check_ms < 100.0


def test_arms_that_are_close_are_slowed_and_the_pair_is_named(arms: Arms) -> None:
    arms.positions = dict(NEAR)
    assert wait_for(lambda: arms.count and arms.verdict.speed_scales[0] < 1.0)
    assert arms.verdict.closest == 'left_forearm - right_forearm'
    assert isinstance(arms.verdict.speed_scales, array)


def test_without_the_state_of_an_arm_nothing_is_judged(arms: Arms) -> None:
    assert wait_for(lambda: arms.count > 0)
    del arms.positions['right']
    seen = [0]

    def is_silent() -> bool:
        was, seen[0] = seen[0], arms.count
        return was == arms.count

    assert wait_for(is_silent, 5.0)
    arms.positions = dict(FAR)
    before = arms.count
    assert wait_for(lambda: arms.count > before)
