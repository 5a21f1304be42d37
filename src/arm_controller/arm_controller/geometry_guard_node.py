# SPDX-License-Identifier: Apache-2.0
"""The geometry guard's process: hears what all arms do, publishes how close they come."""

import gc
import time
from typing import Any

from arm_controller.geometry_guard_parameters import GeometryGuardParameters
from rho_core.errors import Refused
from rho_core.geometry.arm_sample import ArmSample
from rho_core.geometry.cell import parse_cell_geometry
from rho_core.geometry.guard import GeometryGuard
from rho_core.motion.guards import age_problem
from rho_core.pacing import LoopTime
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import GeometryState
from rho_ros import qos
from rho_ros.conversions.arm_state import arm_state_from_ros
from rho_ros.conversions.geometry import geometry_to_ros
from rho_ros.loop_diagnostics import LoopDiagnostics
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.realtime import quiet_garbage_collector

_NS_PER_MS = 1_000_000
_SPEAK_EVERY_NS = 1_000_000_000


class GeometryGuardNode(RhoNode):
    """Publishes safety/geometry while it knows where every arm is, and nothing otherwise."""

    Parameters = GeometryGuardParameters

    def _setup(self) -> None:
        params: GeometryGuardParameters = self.params
        self._guard = GeometryGuard(parse_cell_geometry(params.geometry), params.rules())
        self._states = {
            arm: self.create_polled(ArmState, f'{arm}_arm_controller/state', qos.state())
            for arm in self._guard.joints}
        self._publisher = self.create_publisher(GeometryState, 'safety/geometry', qos.state())
        self._loop = self.create_loop(
            round(1e9 / params.rate_hz), self._tick, 'geometry', params.realtime_priority or None)
        self._diagnostics = LoopDiagnostics(self, self._loop)

    def _start(self) -> None:
        self._samples: dict[str, ArmSample] = {}
        self._received_ns: dict[str, int] = {}
        self._is_blocked = False
        self._problem = ''
        self._quiet_until_ns = 0
        quiet_garbage_collector()
        self._loop.start()

    def _stop(self) -> None:
        gc.unfreeze()
        gc.enable()

    def _tick(self, loop_time: LoopTime) -> None:
        steady_ns = loop_time.steady_ns
        now_ns = self.now_ns()
        problem = ''
        try:
            for arm in self._states:
                self._hear(arm, now_ns, steady_ns)
            self._judge(now_ns)
        except Refused as error:
            problem = str(error)
        self._tell(problem, steady_ns)
        self._diagnostics.update(now_ns, steady_ns)

    def _hear(self, arm: str, now_ns: int, steady_ns: int) -> None:
        message: Any = self._states[arm].take_newest()
        if message is not None:
            report = arm_state_from_ros(message)
            self._samples.pop(arm, None)
            self._samples[arm] = ArmSample.from_report(report, self._guard.joints[arm])
            self._received_ns[arm] = steady_ns
        if arm not in self._samples:
            raise Refused(f'no usable state of the {arm} arm yet')
        late = age_problem(
            f'state of the {arm} arm', self._samples[arm].stamp_ns, self._received_ns[arm],
            now_ns, steady_ns, round(self.params.state_timeout_ms * _NS_PER_MS))
        if late:
            raise Refused(late)

    def _judge(self, now_ns: int) -> None:
        started_ns = time.perf_counter_ns()
        verdict = self._guard.judge(now_ns, self._samples)
        check_ms = (time.perf_counter_ns() - started_ns) / _NS_PER_MS
        self._publisher.publish(geometry_to_ros(verdict, check_ms))
        is_blocked = any(verdict.blocked)
        if is_blocked and not self._is_blocked:
            self.get_logger().warning(
                f'STOP: {verdict.closest}: margin {verdict.margin_m * 1e3:.1f} mm')
        self._is_blocked = is_blocked

    def _tell(self, problem: str, steady_ns: int) -> None:
        """Log why nothing is judged, and when that is over."""
        if problem and steady_ns >= self._quiet_until_ns:
            self._quiet_until_ns = steady_ns + _SPEAK_EVERY_NS
            self.get_logger().warning(f'no judgement: {problem}')
        elif self._problem and not problem:
            self.get_logger().info('judging')
        self._problem = problem


def main() -> None:
    """Run the node."""
    run(GeometryGuardNode, 'geometry_guard')


if __name__ == '__main__':
    main()
