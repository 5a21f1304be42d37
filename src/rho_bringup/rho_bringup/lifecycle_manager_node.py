# SPDX-License-Identifier: Apache-2.0
"""Brings the nodes of a cell up in order and down in the reverse, arms first.

Says on the latched topic `bringup/state` where it is. Exit codes: 0 after an orderly end,
1 when bring-up failed.
"""

import signal
import sys
import time
from dataclasses import dataclass
from dataclasses import field
from types import FrameType

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String
from std_srvs.srv import Trigger

from rho_bringup.bringup_state import TOPIC
from rho_bringup.bringup_state import BringupState
from rho_bringup.bringup_state import Phase
from rho_bringup.lifecycle_client_node import Interrupted
from rho_bringup.lifecycle_client_node import LifecycleClient
from rho_bringup.lifecycle_client_node import TransitionFailed
from rho_bringup.transitions import bring_up_steps
from rho_bringup.transitions import shut_down_steps
from rho_core.errors import RhoError
from rho_ros import parameters
from rho_ros import qos
from rho_ros.parameters import param

_SHUT_DOWN_DISCOVERY_S = 0.5
_ARM_RETRY_S = 0.2
_SERVICE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Parameters of the lifecycle manager."""

    nodes: tuple[str, ...] = field(
        metadata=param('managed nodes in bring-up order', read_only=True))
    shutdown_nodes: tuple[str, ...] = field(
        metadata=param('managed nodes in shutdown order', read_only=True))
    discovery_timeout_s: float = field(
        default=30.0, metadata=param('time a node gets to appear [s]', minimum=0.1))
    transition_timeout_s: float = field(
        default=30.0, metadata=param('time a bring-up transition gets [s]', minimum=0.1))
    shutdown_timeout_s: float = field(
        default=2.0, metadata=param('time a shutdown transition gets [s]', minimum=0.1))
    auto_arm: bool = field(
        default=False, metadata=param('release the arms after bring-up (simulation only)'))
    arm_timeout_s: float = field(
        default=10.0, metadata=param('time until the release must be accepted [s]', minimum=0.1))


class LifecycleManager:
    """Carries out bring-up and shutdown on a node of its own."""

    def __init__(self, node: Node, params: Parameters) -> None:
        """Prepare; nothing moves yet."""
        self._node = node
        self._params = params
        self._is_interrupted = False
        self._is_ending = False
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(node)
        self._client = LifecycleClient(node, self._executor,
                                       is_interrupted=self._must_end)
        self._state = node.create_publisher(String, TOPIC, qos.latched())

    def interrupt(self) -> None:
        """Ask for the end; may be called from a signal handler."""
        self._is_interrupted = True

    def run(self) -> int:
        """Bring the cell up, wait for the interrupt, bring it down; return the exit code."""
        code = 0
        try:
            self.bring_up()
            self._client.spin_until(lambda: False, float('inf'))
        except Interrupted:
            pass
        except RhoError as error:
            self._say(Phase.FAILED, str(error))
            self._node.get_logger().error(f'bring-up failed: {error}')
            code = 1
        finally:
            self.shut_down(say=code == 0)
        return code

    def bring_up(self) -> None:
        """Configure and activate all nodes, then release the arms when asked to.

        Raises:
            TransitionFailed: A node does not come up, or the arms are not released.
            Interrupted: Somebody asked for the end meanwhile.
        """
        for step in bring_up_steps(self._params.nodes):
            self._say(Phase.STARTING, f'{step.transition.label} {step.node}')
            self._client.make(step, discovery_s=self._params.discovery_timeout_s,
                              deadline_s=self._params.transition_timeout_s)
        if self._params.auto_arm:
            self._release_arms()
        self._say(Phase.READY)
        self._node.get_logger().info('READY')

    def shut_down(self, *, say: bool = True) -> None:
        """Deactivate all nodes that are still there; a node that fails does not stop the rest."""
        self._is_ending = True
        if say:
            self._say(Phase.STOPPING)
        for step in shut_down_steps(self._params.shutdown_nodes):
            # Under `ros2 launch` the nodes get the interrupt too and may be gone already.
            if not self._client.is_present(step.node):
                continue
            if self._client.state_of(step.node, _SHUT_DOWN_DISCOVERY_S) != step.transition.before:
                continue
            try:
                self._client.make(step, discovery_s=_SHUT_DOWN_DISCOVERY_S,
                                  deadline_s=self._params.shutdown_timeout_s)
            except TransitionFailed as error:
                self._node.get_logger().warning(str(error))

    def _must_end(self) -> bool:
        # A second interrupt must not keep the nodes from being stopped in order.
        return self._is_interrupted and not self._is_ending

    def _release_arms(self) -> None:
        self._say(Phase.STARTING, 'release arms')
        deadline_s = time.monotonic() + self._params.arm_timeout_s
        answer = 'safety/reset did not answer'
        while time.monotonic() < deadline_s:
            reply = self._client.call(Trigger, 'safety/reset', Trigger.Request(), _SERVICE_S)
            if reply is not None:
                if reply.success:
                    return
                answer = reply.message
            self._client.spin_until(lambda: False, _ARM_RETRY_S)
        raise TransitionFailed(
            f'arms not released within {self._params.arm_timeout_s:g} s: {answer}')

    def _say(self, phase: Phase, detail: str = '') -> None:
        self._state.publish(String(data=BringupState(phase=phase, detail=detail).to_text()))


def main() -> None:
    """Run the lifecycle manager."""
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node: Node | None = None
    code = 2
    try:
        node = Node('lifecycle_manager')
        manager = LifecycleManager(node, parameters.declare(node, Parameters))

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            manager.interrupt()

        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, interrupt)
        code = manager.run()
    except RhoError as error:
        rclpy.logging.get_logger('lifecycle_manager').fatal(str(error))
    finally:
        if node is not None:
            node.destroy_node()
        rclpy.try_shutdown()
    sys.exit(code)
