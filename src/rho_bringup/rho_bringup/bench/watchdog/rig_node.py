# SPDX-License-Identifier: Apache-2.0
"""The running cell under test: starts it, breaks it on request, brings it back into motion."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import rclpy
from builtin_interfaces.msg import Duration
from lifecycle_msgs.srv import ChangeState
from lifecycle_msgs.srv import GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory
from trajectory_msgs.msg import JointTrajectoryPoint

from rho_bringup.bench.watchdog.fault_cell import FaultCell
from rho_bringup.bench.watchdog.fault_cell import rewire
from rho_bringup.bench.watchdog.helpers import Helpers
from rho_bringup.bench.watchdog.recorder_node import Recorder
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.relay_order import control_topic
from rho_bringup.bench.watchdog.releaser_node import Releaser
from rho_bringup.bench.watchdog.rig import Points
from rho_bringup.bench.watchdog.stepped_clock import SteppedClock
from rho_bringup.bringup_state import TOPIC as BRINGUP_TOPIC
from rho_bringup.bringup_state import BringupState
from rho_bringup.bringup_state import Phase
from rho_bringup.cell import Cell
from rho_bringup.cell_topics import trajectory_topic
from rho_bringup.environment import stack_environment
from rho_bringup.lifecycle_client_node import LifecycleClient
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.runner.runner import Runner
from rho_bringup.specs import node_specs
from rho_bringup.stack_errors import NodeDied
from rho_bringup.stack_errors import StackError
from rho_bringup.stack_errors import TooSlow
from rho_ros import qos
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.domain import free_domain_id

INSTRUCTION = 'Push the button.'
READY_TIMEOUT_S = 60.0

_NODE_S = 15.0
_ANSWER_S = 0.4
_SPIN_S = 0.01
_LEAST_WAIT_NS = 1_000_000
_NS_PER_S = 1_000_000_000


class LiveRig:
    """A cell of its own in a ROS domain of its own. Use as a context manager."""

    def __init__(
        self,
        cell: Cell,
        deadlines_ms: Mapping[str, float],
        *,
        sink: LineSink,
        has_stepped_clock: bool = False,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            cell: The cell, in mode sim.
            deadlines_ms: Deadlines of the watched streams by name.
            sink: Takes (node, line) for every line that a node prints.
            has_stepped_clock: Whether the clock of the nodes can be stepped.
        """
        self.cell = cell
        self._has_stepped_clock = has_stepped_clock
        self._clock: SteppedClock | None = None
        self.deadlines_ms = deadlines_ms
        self._sink = sink
        self._resources = ExitStack()

    def __enter__(self) -> LiveRig:
        """Start all processes, join the graph and wait for the end of bring-up."""
        domain_id = None if 'ROS_DOMAIN_ID' in os.environ else free_domain_id()
        os.environ.update(stack_environment(os.environ, domain_id=domain_id))
        with ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix='rho-')))
            specs = node_specs(self.cell, runtime_dir=folder)
            self.fault_cell: FaultCell = rewire(self.cell, specs, folder)
            self._full_names = {spec.name: spec.full_name for spec in self.fault_cell.specs}
            self._helpers = resources.enter_context(
                Helpers(self.fault_cell.helpers, folder, self._sink))
            environment = dict(os.environ)
            if self._has_stepped_clock:
                self._clock = SteppedClock(folder)
                environment |= self._clock.environment()
            self._runner = resources.enter_context(Runner(
                self.fault_cell.specs, runtime_dir=folder, sink=self._sink,
                environment=environment))
            self._join(resources)
            resources.callback(self._runner.stop)
            self._wait_ready()
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes, arms first."""
        self._resources.close()

    @property
    def recorder(self) -> Recorder:
        """What is recorded."""
        return self._recorder

    def _join(self, resources: ExitStack) -> None:
        context = Context()
        rclpy.init(args=[], context=context)
        resources.callback(lambda: rclpy.try_shutdown(context=context))
        self._node = Node('bench', namespace=self.cell.namespace, context=context)
        resources.callback(self._node.destroy_node)
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self._node)
        resources.callback(lambda: self._executor.shutdown(timeout_sec=1.0))
        self._client = LifecycleClient(self._node, self._executor)
        self._recorder = Recorder(self.cell, context)
        resources.callback(self._recorder.close)
        self._releaser = Releaser(self.cell.arms, self._recorder, self._client)
        self._bringup: BringupState | None = None
        self._node.create_subscription(
            String, BRINGUP_TOPIC, self._on_bringup, qos.latched())
        self._instruction = self._node.create_publisher(
            String, 'policy/instruction', qos.latched())
        self._orders = {
            helper.name: self._node.create_publisher(
                String, control_topic(helper.name), qos.latched())
            for helper in self.fault_cell.helpers
        }
        self._trajectories = {
            arm: self._node.create_publisher(
                JointTrajectory, trajectory_topic(arm), qos.command())
            for arm in self.cell.arms
        }

    def _on_bringup(self, message: String) -> None:
        self._bringup = BringupState.from_text(message.data)

    def _wait_ready(self) -> None:
        def is_ready() -> bool:
            ended = self._runner.ended()
            if ended:
                raise NodeDied(ended)
            if self._bringup is not None and self._bringup.phase is Phase.FAILED:
                raise StackError(f'bring-up failed: {self._bringup.detail}')
            return self._bringup is not None and self._bringup.phase is Phase.READY

        self.wait_for(is_ready, READY_TIMEOUT_S, 'bring-up')
        self._instruction.publish(String(data=INSTRUCTION))

    # -- waiting ---------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._client.spin_until(lambda: False, seconds)

    def wait_for(self, is_done: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Wait until the predicate holds.

        Raises:
            TooSlow: It did not in time.
        """
        deadline_s = time.monotonic() + timeout_s
        while not is_done():
            if time.monotonic() >= deadline_s:
                raise TooSlow(f'{what}: not within {timeout_s:g} s')
            self._executor.spin_once(timeout_sec=_SPIN_S)

    def wait_at_random(self, longest_s: float) -> None:
        """Let a random time pass, so that faults meet loops in every phase."""
        self.wait(random.uniform(0.0, longest_s))

    def bring_into_motion(self) -> None:
        """Reset stops until both arms move along at full speed for a moment.

        Raises:
            TooSlow: They do not; the message says why.
        """
        self._releaser.bring_into_motion()

    # -- breaking and mending --------------------------------------------------------------

    def kill(self, name: str) -> None:
        """End a process with SIGKILL."""
        os.kill(self._pid(name), signal.SIGKILL)

    def pause(self, name: str) -> None:
        """Stop a process with SIGSTOP."""
        os.kill(self._pid(name), signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a stopped process go on."""
        os.kill(self._pid(name), signal.SIGCONT)

    def revive(self, name: str) -> None:
        """Start a process again that was killed, and bring its node up."""
        if self._helpers.has(name):
            self._helpers.restart(name)
            return
        self.wait_for(lambda: any(end.name == self._full_names[name].lstrip('/')
                                  for end in self._runner.ended()), 2.0, f'{name} still runs')
        self._runner.restart(name)
        self._change(name, 'configure', before='unconfigured', after='inactive')
        self._change(name, 'activate', before='inactive', after='active')

    def renew(self, name: str) -> None:
        """Deactivate a node and activate it again: it starts anew."""
        self._change(name, 'deactivate', before='active', after='inactive')
        self._change(name, 'activate', before='inactive', after='active')

    def _change(self, name: str, label: str, *, before: str, after: str) -> None:
        """Make a transition, asking again: requests get lost while two sides discover."""
        node = self._full_names[name]
        deadline_s = time.monotonic() + _NODE_S
        while time.monotonic() < deadline_s:
            state = self._client.call(
                GetState, f'{node}/get_state', GetState.Request(), _ANSWER_S)
            label_now = None if state is None else state.current_state.label
            if label_now == after:
                return
            if label_now == before:
                request = ChangeState.Request()
                request.transition.label = label
                self._client.call(ChangeState, f'{node}/change_state', request, _NODE_S)
            self.wait(0.02)
        raise TooSlow(f'{name}: {label} not done within {_NODE_S:g} s')

    def order(self, relay: str, order: RelayOrder) -> None:
        """Tell a relay what to do."""
        self._orders[relay].publish(String(data=order.to_text()))

    def step_clock_to(self, offset_s: float) -> None:
        """Step the nodes' system clock so far ahead of the machine's, negative: behind it.

        Raises:
            StackError: It cannot be stepped in this rig.
        """
        if self._clock is None:
            raise StackError('the clock of this rig cannot be stepped')
        self._clock.step_to(offset_s)

    def last_points(self, arm: str) -> Points:
        """Return the newest trajectory sent to an arm.

        Raises:
            StackError: None was sent yet.
        """
        message = self._recorder.last_trajectory(arm)
        if message is None:
            raise StackError(f'{arm} arm: no trajectory was sent yet')
        return Points(
            stamp_ns=time_from_ros(message.header.stamp),
            joint_names=tuple(message.joint_names),
            times_s=np.array([point.time_from_start.sec + point.time_from_start.nanosec * 1e-9
                              for point in message.points]),
            positions=np.array([point.positions for point in message.points]),
        )

    def send(self, points: Mapping[str, Points]) -> int:
        """Send trajectories to arms, beside the policy's, and return when [ns]."""
        messages = {arm: _to_message(one) for arm, one in points.items()}
        self._wait_between_trajectories(next(iter(points)))
        sent_ns = self.now_ns()
        for arm, message in messages.items():
            self._trajectories[arm].publish(message)
        return sent_ns

    def _wait_between_trajectories(self, arm: str) -> None:
        """Wait for the middle between two trajectories of the policy, give or take a quarter.

        Readers keep the newest one only: sent with the policy's, ours might never be read.
        """
        period_ns = _NS_PER_S / self.cell.policy.action_rate_hz
        phase = random.uniform(0.25, 0.75)
        since_ns = self.now_ns() - self._recorder.last_sent_ns(f'command.{arm}')
        periods = np.ceil((since_ns + _LEAST_WAIT_NS) / period_ns - phase) + phase
        time.sleep((periods * period_ns - since_ns) / _NS_PER_S)

    def now_ns(self) -> int:
        """Return the machine's system time [ns]."""
        return time.time_ns()

    def _pid(self, name: str) -> int:
        return self._helpers.pid(name) if self._helpers.has(name) else self._runner.pid(name)


def _to_message(points: Points) -> JointTrajectory:
    message = JointTrajectory(joint_names=list(points.joint_names))
    message.header.stamp = time_to_ros(points.stamp_ns)
    for time_s, row in zip(points.times_s, points.positions, strict=True):
        sec, nanosec = divmod(round(float(time_s) * _NS_PER_S), _NS_PER_S)
        message.points.append(JointTrajectoryPoint(
            positions=row.tolist(), time_from_start=Duration(sec=sec, nanosec=nanosec)))
    return message
