# SPDX-License-Identifier: Apache-2.0
"""The operator of a simulated cell: gives instructions, reads the score, watches everything.

Runs in the command line's process, outside of the stack: it sees what anybody on the graph sees.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any

import numpy as np
import rclpy
from numpy.typing import NDArray
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from rclpy.task import Future
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from std_msgs.msg import String
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMessage

from rho_bringup import cell_topics
from rho_bringup.bringup_state import TOPIC as BRINGUP_TOPIC
from rho_bringup.bringup_state import BringupState
from rho_bringup.cell import Cell
from rho_bringup.episodes.score import Score
from rho_bringup.stack_errors import StackError
from rho_bringup.stack_errors import TooSlow
from rho_bringup.topic_watch_node import TopicWatch
from rho_core.errors import Refused
from rho_core.motion.trajectory import JointTrajectory
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_interfaces.srv import GetScore
from rho_interfaces.srv import ResetScene
from rho_ros import qos
from rho_ros.conversions.image import image_from_ros
from rho_ros.conversions.trajectory import trajectory_to_ros

_POLL_S = 0.05
_SCORE_EVERY_S = 0.1
_SERVICE_S = 10.0


class Operator:
    """Speaks to a running cell. Use as a context manager; all calls from one thread.

    `poll` and everything that waits call `check` again and again: it raises when the stack is no
    longer whole, so no wait outlives a dead node.
    """

    def __init__(self, cell: Cell, *, check: Callable[[], None]) -> None:
        """Join the graph.

        Args:
            cell: The cell that runs.
            check: Raises when the stack is no longer whole.
        """
        self._check = check
        self._context = Context()
        rclpy.init(args=[], context=self._context)
        self._node = Node('operator', namespace=cell.namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        # Made long before they are used: a server that gets a request before it has found the
        # client's ear waits for it up to 0.1 s, with its whole process.
        self._service_clients: dict[str, Any] = {
            name: self._node.create_client(kind, name)
            for kind, name in (
                (ResetScene, 'sim/reset'), (GetScore, 'sim/score'), (Trigger, 'safety/reset'))
        }
        self._pending_score: Future[Any] | None = None
        self._score_due_s = 0.0
        self.score: Score | None = None
        self.bringup: BringupState | None = None
        self.inference_ms: dict[str, list[float]] = {'action': [], 'context': []}

        self._watches: dict[str, TopicWatch[Any]] = {}
        self._instruction = self._node.create_publisher(
            String, 'policy/instruction', qos.latched())
        self._trajectories = {
            arm: self._node.create_publisher(
                JointTrajectoryMessage, cell_topics.trajectory_topic(arm), qos.command())
            for arm in cell.arms
        }
        self._node.create_subscription(String, BRINGUP_TOPIC, self._on_bringup, qos.latched())
        for topic in cell_topics.camera_topics(cell):
            self._watch(Image, topic)
        for topic in cell_topics.tactile_topics(cell):
            self._watch(TactileFrame, topic)
        self._watch(JointState, 'joint_states')
        for arm in cell.arms:
            self._watch(JointTrajectoryMessage, cell_topics.trajectory_topic(arm))
            self._watch(Float64MultiArray, cell_topics.command_topic(arm))
        self._arms = {arm: self._watch(ArmState, cell_topics.arm_state_topic(arm))
                      for arm in cell.arms}
        self._policy = self._watch(PolicyStatus, 'policy/status')
        self._safety = self._watch(SafetyState, 'safety/state')

    def __enter__(self) -> 'Operator':
        """Return the operator."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the graph."""
        self._executor.shutdown(timeout_sec=1.0)
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    @property
    def safety(self) -> SafetyState | None:
        """Newest state of the watchdog."""
        return self._safety.newest

    @property
    def policy(self) -> PolicyStatus | None:
        """Newest status of the policy."""
        return self._policy.newest

    def arm(self, name: str) -> ArmState | None:
        """Newest state of an arm's controller."""
        state: ArmState | None = self._arms[name].newest
        return state

    def set_check(self, check: Callable[[], None]) -> None:
        """Replace what is called during every wait."""
        self._check = check

    def rates_hz(self) -> dict[str, float]:
        """Return the mean rate of every watched topic since `restart_meters` [Hz]."""
        return {topic: round(watch.meter.rate_hz, 1) for topic, watch in self._watches.items()}

    def restart_meters(self) -> None:
        """Forget rates and inference times and measure from now on."""
        self._drain()
        now_ns = time.monotonic_ns()
        for watch in self._watches.values():
            watch.meter.restart(now_ns)
        for values in self.inference_ms.values():
            values.clear()

    def poll(self) -> None:
        """Let callbacks run for a moment and take what has arrived.

        Raises:
            StackError: Whatever `check` raises.
        """
        end_s = time.monotonic() + _POLL_S
        while (left_s := end_s - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left_s)
        self._drain()
        self._poll_score()
        self._check()

    def wait(self, is_done: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Poll until the predicate holds.

        Raises:
            TooSlow: It did not in time.
            StackError: Whatever `check` raises.
        """
        deadline_s = time.monotonic() + timeout_s
        while not is_done():
            if time.monotonic() >= deadline_s:
                raise TooSlow(f'{what}: not within {timeout_s:g} s')
            self.poll()

    def instruct(self, text: str) -> None:
        """Give the policy an instruction; the empty one ends its motion."""
        self._instruction.publish(String(data=text))

    def reset_scene(self, seed: int, instruction: str) -> None:
        """Put the simulated scene into the state of a seed.

        Raises:
            StackError: The simulator refuses or does not answer.
        """
        reply = self._call('sim/reset',
                           ResetScene.Request(seed=seed, instruction=instruction))
        self.score = None
        self._pending_score = None
        if not reply.success:
            raise StackError(f'sim/reset: refused: {reply.message}')

    def try_rearm(self) -> str | None:
        """Ask the watchdog to release the arms; return why not, None when it did."""
        reply = self._call('safety/reset', Trigger.Request())
        return None if reply.success else (reply.message or 'no reason given')

    def send_trajectory(self, arm: str, trajectory: JointTrajectory) -> None:
        """Send an arm along a trajectory that starts now, whatever its stamp."""
        now_ns = self._node.get_clock().now().nanoseconds
        self._trajectories[arm].publish(trajectory_to_ros(replace(trajectory, start_ns=now_ns)))

    def picture(self, camera: str) -> NDArray[np.uint8] | None:
        """Return the newest picture of a camera, (H, W, 3) RGB, None before the first one.

        Raises:
            Refused: It is no colour picture.
        """
        message = self._watches[cell_topics.image_topic(camera)].newest
        if message is None:
            return None
        image = image_from_ros(message)
        if image.shape[2] != 3:
            raise Refused(f'{camera}: expected a colour picture, got {message.encoding}')
        return np.asarray(image, np.uint8)

    def _watch(self, msg_type: type[Any], topic: str) -> TopicWatch[Any]:
        # Best effort: a slow observer must never hold up a writer. Deep: it polls at 20 Hz.
        profile = QoSProfile(depth=200, reliability=ReliabilityPolicy.BEST_EFFORT)
        watch: TopicWatch[Any] = TopicWatch(self._node, msg_type, topic, profile)
        self._watches[topic] = watch
        return watch

    def _drain(self) -> None:
        now_ns = time.monotonic_ns()
        for watch in self._watches.values():
            taken = watch.poll(now_ns)
            if watch is self._policy:
                for data in taken:
                    self._note_inference(watch.decode(data))

    def _note_inference(self, status: PolicyStatus) -> None:
        if status.mode != PolicyStatus.MODE_RUNNING:
            return
        for name, value in (('action', status.action_ms), ('context', status.context_ms)):
            if math.isfinite(value) and value > 0:
                self.inference_ms[name].append(float(value))

    def _call(self, name: str, request: Any) -> Any:
        client = self._service_clients[name]
        self.wait(client.service_is_ready, _SERVICE_S, f'{name}: no such service')
        future = client.call_async(request)
        self.wait(future.done, _SERVICE_S, f'{name}: no answer')
        return future.result()

    def _poll_score(self) -> None:
        client = self._service_clients['sim/score']
        now_s = time.monotonic()
        if self._pending_score is not None and self._pending_score.done():
            self.score = _score_from_ros(self._pending_score.result())
            self._pending_score = None
        if self._pending_score is None and now_s >= self._score_due_s and (
                client.service_is_ready()):
            self._pending_score = client.call_async(GetScore.Request())
            self._score_due_s = now_s + _SCORE_EVERY_S

    def _on_bringup(self, message: String) -> None:
        self.bringup = BringupState.from_text(message.data)


def _score_from_ros(reply: Any) -> Score:
    return Score(
        scored=reply.scored,
        instruction=reply.instruction,
        success=reply.success,
        failed=reply.failed,
        detail=reply.detail,
        sim_time_s=reply.sim_time_s,
        wall_time_s=reply.wall_time_s,
        success_time_s=reply.success_time_s,
    )
