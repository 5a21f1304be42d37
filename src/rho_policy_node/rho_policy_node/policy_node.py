# SPDX-License-Identifier: Apache-2.0
"""The policy node: topics in, one chunk of joint targets for all arms out, 50 times a second.

Two loops in threads of their own: the action tick polls joint states and touch, runs the action
graph and publishes; the context tick takes the newest images and runs the context graph. The
executor only serves the life cycle.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMessage

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.errors import ConfigError
from rho_core.errors import RhoError
from rho_core.motion.trajectory import JointTrajectory
from rho_core.pacing import LoopTime
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_policy_node.bundle_loader_node import BundleLoader
from rho_policy_node.execute_action_node import ExecuteAction
from rho_policy_node.layout import arm_layout
from rho_policy_node.permit_gate import PermitGate
from rho_policy_node.policy_parameters import PolicyParameters
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.policy import Policy
from rho_policy_node.runtime.runner_switch import RunnerSwitch
from rho_policy_node.stages_node import Stages
from rho_policy_node.task_desk import TaskDesk
from rho_ros import main as rho_main
from rho_ros import qos
from rho_ros.conversions.policy_status import policy_status_to_ros
from rho_ros.conversions.safety import safety_from_ros
from rho_ros.conversions.trajectory import trajectory_to_ros
from rho_ros.node import RhoNode
from rho_ros.until import Until


class PolicyNode(RhoNode):
    """Runs one bundle."""

    Parameters = PolicyParameters

    def _setup(self) -> None:
        params: PolicyParameters = self.params
        self._layout = arm_layout(params.arms, params.joints, params.joints_per_arm)
        limiter = ChunkLimiter(
            params.joints,
            lower=params.joint_lower,
            upper=params.joint_upper,
            velocity=params.joint_velocity,
        )
        self._status: Any = self.create_publisher(PolicyStatus, 'policy/status', qos.state())
        self._publish_status(PolicyReport(stamp_ns=self.now_ns(), reason='verifying the bundle'))
        self._limiter = limiter
        self._stages = Stages(self, limiter, params)
        stage = self._stages.make(self.open_bundle(params.bundle))
        self._switch = RunnerSwitch(
            stage.runner,
            velocity=limiter.velocity,
            max_seam=params.max_swap_seam,
            timeout_ns=round(params.swap_timeout_s * 1e9),
        )
        self._gate = PermitGate(params.arms, round(params.safety_timeout_ms * 1e6))
        self._instructions = self.create_polled(String, 'policy/instruction', qos.latched())
        self._safety = self.create_polled(SafetyState, 'safety/state', qos.latched())
        self._trajectories: dict[str, Any] = {
            arm: self.create_publisher(
                JointTrajectoryMessage, f'{arm}_arm_controller/joint_trajectory', qos.command()
            )
            for arm in self._layout
        }
        until = Until(self)
        self._desk = TaskDesk(self._switch.request)
        self._stop_reason = ''
        ExecuteAction(self, self._desk, until)
        self._loader = BundleLoader(self, self._stages, self._switch, self.open_bundle, until)
        self._mode = PolicyMode.LOADING
        self._missed = 0
        self._saturated = 0
        self._status_every = max(1, round(params.action_rate_hz / params.status_rate_hz))
        self._action_loop = self.create_loop(
            round(1e9 / params.action_rate_hz),
            self._tick_action,
            'policy action',
            params.realtime_priority or None,
        )
        self._context_loop = self.create_loop(
            round(1e9 / params.context_rate_hz), self._tick_context, 'policy context'
        )

    def _start(self) -> None:
        self._missed = 0
        self._context_loop.start()
        self._action_loop.start()

    def _stop(self) -> None:
        self._desk.close('the policy node was deactivated')
        self._switch.set_permit('deactivated')
        steady_ns = time.monotonic_ns()
        self._switch.action_tick(now_ns=self.now_ns(), steady_ns=steady_ns)
        self._publish_status(self._switch.runner.report(missed_ticks=self._missed))
        self._mode = PolicyMode.LOADING

    def _teardown(self) -> None:
        self._loader.close()

    def open_bundle(self, folder: str) -> Policy:
        """Opens a bundle for this cell, from any thread.

        Raises:
            ConfigError: It is not sound or was made for another cell.
        """
        params: PolicyParameters = self.params
        try:
            policy = open_policy(Path(folder), params.providers, params.threads)
        except ConfigError as error:
            for one in error.all:
                self.get_logger().error(f'bundle {folder}: {one}')
            raise
        embodiment = policy.manifest.embodiment
        if embodiment != params.embodiment:
            raise ConfigError(
                f"the bundle is for '{embodiment}', this cell is '{params.embodiment}'",
                'embodiment',
            )
        self.get_logger().info(
            f'{policy.manifest.bundle_id} verified, manifest {policy.sha256[:12]}'
        )
        return policy

    def _tick_action(self, loop_time: LoopTime) -> None:
        start_ns = time.perf_counter_ns()
        self._missed += loop_time.missed
        self._poll_requests(time.monotonic_ns())
        for stage in self._stages.of(self._switch.runners):
            stage.poll_fast()
        chunk = self._switch.action_tick(now_ns=self.now_ns(), steady_ns=time.monotonic_ns())
        report = self._switch.runner.report(missed_ticks=self._missed)
        self._desk.end(
            steady_ns=loop_time.steady_ns,
            report=report,
            stop=self._stop_reason,
            is_over=self._switch.runner.is_over,
        )
        is_change = report.mode is not self._mode
        if is_change:
            # The word before the deed: from it on the watchdog demands trajectories.
            self._publish_status(report)
        if chunk is not None:
            self._publish(chunk)
        total_ms = (time.perf_counter_ns() - start_ns) * 1e-6
        inference_ms = 0.0 if chunk is None else report.action_ms
        if not is_change and loop_time.cycle % self._status_every == 0:
            self._publish_status(
                self._switch.runner.report(
                    overhead_ms=total_ms - inference_ms, missed_ticks=self._missed
                )
            )
        self._announce(report)

    def _tick_context(self, _loop_time: LoopTime) -> None:
        for stage in self._stages.of(self._switch.runners):
            stage.think()

    def _poll_requests(self, steady_ns: int) -> None:
        instruction = self._instructions.take_newest()
        if instruction is not None:
            self._desk.instruct(instruction.data)
        self._desk.begin()
        state = self._safety.take_newest()
        if state is not None:
            try:
                self._gate.update(safety_from_ros(state), steady_ns=steady_ns)
            except RhoError as error:
                self.get_logger().error(str(error), throttle_duration_sec=1.0)
        self._stop_reason = self._gate.why_shut(steady_ns=steady_ns)
        self._switch.set_permit(self._stop_reason)

    def _publish(self, chunk: ActionChunk) -> None:
        times_s = np.arange(len(chunk.positions), dtype=np.float64) * chunk.dt_s
        messages = {
            arm: trajectory_to_ros(
                JointTrajectory(
                    start_ns=chunk.stamp_ns,
                    times_s=times_s,
                    joint_names=joints,
                    positions=chunk.select(joints).positions,
                )
            )
            for arm, joints in self._layout.items()
        }
        # Both are ready before the first one leaves: the arms start within microseconds.
        for arm, message in messages.items():
            self._trajectories[arm].publish(message)

    def _publish_status(self, report: PolicyReport) -> None:
        self._status.publish(policy_status_to_ros(report))

    def _announce(self, report: PolicyReport) -> None:
        if self._limiter.saturated > self._saturated:
            self._saturated = self._limiter.saturated
            self.get_logger().warning(
                f'{self._saturated} chunks so far asked for more than the speed limits allow '
                'and were slowed down',
                throttle_duration_sec=2.0,
            )
        if report.mode is not self._mode:
            self._mode = report.mode
            text = f'{report.mode.name}: {report.reason or report.instruction}'
            log = self.get_logger()
            log.warning(text) if report.mode is PolicyMode.WAITING else log.info(text)


def main() -> None:
    """Runs the policy node until it is asked to end."""
    rho_main.run(PolicyNode, 'policy_node')


if __name__ == '__main__':
    main()
