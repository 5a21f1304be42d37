# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a whole running cell, for tests of whoever operates one."""

import math
from collections.abc import Callable
from types import SimpleNamespace

from rclpy.context import Context
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from rho_bringup.bringup_state import TOPIC
from rho_description import cell as describe_cell
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyCause
from rho_interfaces.msg import SafetyState
from rho_interfaces.srv import GetScore
from rho_interfaces.srv import ResetScene
from rho_ros import qos

ARMS = ('left', 'right')
PERIOD_S = 0.02


class FakeCell(Node):
    """Says what simulator, watchdog, policy and arms would say; arms arrive at once."""

    def __init__(self, context: Context) -> None:
        """Join the graph of a context, ready and with everything at rest."""
        super().__init__('fake_cell', context=context)
        self.bringup = 'ready'
        self.latched = False
        self.epoch = 1
        self.refuses_reset = 0
        self.pushes_button = True
        self.instruction = ''
        self.scored = ''
        self.seeds: list[int] = []
        self.trajectories: list[tuple[str, JointTrajectory]] = []
        self.arms = {
            arm: SimpleNamespace(mode=ArmState.MODE_IDLE, reason='',
                                 commanded=describe_cell().arm(arm).home.tolist())
            for arm in ARMS
        }
        self._steps = 0
        self._safety = self.create_publisher(SafetyState, 'safety/state', qos.latched())
        self._policy = self.create_publisher(PolicyStatus, 'policy/status', qos.state())
        self._bringup = self.create_publisher(String, TOPIC, qos.latched())
        self._states = {arm: self.create_publisher(
            ArmState, f'{arm}_arm_controller/state', qos.state()) for arm in ARMS}
        for arm in ARMS:
            self.create_subscription(
                JointTrajectory, f'{arm}_arm_controller/joint_trajectory',
                lambda message, arm=arm: self._move(arm, message), qos.command())
        self.on_instruction: Callable[[str], None] = lambda _text: None
        self.create_subscription(String, 'policy/instruction', self._instruct, qos.latched())
        self.create_service(Trigger, 'safety/reset', self._reset)
        self.create_service(ResetScene, 'sim/reset', self._reset_scene)
        self.create_service(GetScore, 'sim/score', self._score)
        self.create_timer(PERIOD_S, self._publish)

    def stop(self) -> None:
        """Latch a stop, as the watchdog does."""
        self.latched = True
        self.epoch += 1

    def _publish(self) -> None:
        self._bringup.publish(String(data=self.bringup))
        self._policy.publish(PolicyStatus(
            mode=PolicyStatus.MODE_RUNNING if self.instruction else PolicyStatus.MODE_IDLE,
            action_ms=1.5, context_ms=4.0))
        permit = SafetyState.PERMIT_STOP if self.latched else SafetyState.PERMIT_RUN
        causes = [SafetyCause(id='camera.front.late', detail='too old')] if self.latched else []
        self._safety.publish(SafetyState(
            epoch=self.epoch, mode=permit, latched=self.latched, arms=list(ARMS),
            permits=[permit] * 2, speed_scales=[1.0] * 2, causes=causes))
        for arm, state in self.arms.items():
            self._states[arm].publish(ArmState(
                arm=arm, mode=state.mode, reason=state.reason, commanded=state.commanded,
                measured=state.commanded, velocity=[0.0] * 7,
                joint_names=list(describe_cell().arm(arm).joint_names)))

    def _move(self, arm: str, message: JointTrajectory) -> None:
        self.trajectories.append((arm, message))
        self.arms[arm].commanded = list(message.points[-1].positions)

    def _instruct(self, message: String) -> None:
        self.instruction = message.data
        self._steps = 0
        self.on_instruction(message.data)

    def _reset(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        if self.refuses_reset > 0:
            self.refuses_reset -= 1
            response.message = 'camera.front.late'
            return response
        self.latched = False
        self.epoch += 1
        for state in self.arms.values():
            state.mode = ArmState.MODE_IDLE
        response.success = True
        return response

    def _reset_scene(
        self, request: ResetScene.Request, response: ResetScene.Response
    ) -> ResetScene.Response:
        response.success = not request.instruction.startswith('Make')
        response.message = '' if response.success else f'unknown: {request.instruction}'
        if response.success:
            self.scored = request.instruction
            self.seeds.append(request.seed)
        return response

    def _score(self, _request: GetScore.Request, response: GetScore.Response) -> GetScore.Response:
        self._steps += bool(self.instruction)
        response.scored = bool(self.scored)
        response.instruction = self.scored
        response.success = self.pushes_button and self._steps > 2
        response.detail = 'pressed once' if response.success else 'no press yet'
        response.sim_time_s, response.wall_time_s = 2.0, 1.0
        response.success_time_s = 0.5 if response.success else math.nan
        return response
