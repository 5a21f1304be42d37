# SPDX-License-Identifier: Apache-2.0
"""What tests over real DDS need: a domain of their own, deadlines, nodes that spin and come up."""

import os
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import TypeVar

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node

from rho_ros.domain import free_domain_id
from rho_ros.domain import release_domain_id
from rho_ros.node import RhoNode

ResultT = TypeVar('ResultT')


def graph_environment(domain_id: int) -> dict[str, str]:
    """Environment of a child process that takes part in the test's graph."""
    return {
        **os.environ,
        'ROS_DOMAIN_ID': str(domain_id),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'PYTHONUNBUFFERED': '1',
    }


@contextmanager
def ros_context(domain_id: int | None = None) -> Iterator[Context]:
    """A ROS context in a domain of its own; shut down and released at the end."""
    own_id = free_domain_id() if domain_id is None else domain_id
    before = os.environ.get('ROS_AUTOMATIC_DISCOVERY_RANGE')
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    context = Context()
    try:
        rclpy.init(args=[], context=context, domain_id=own_id)
        yield context
    finally:
        rclpy.try_shutdown(context=context)
        if before is None:
            del os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE']
        else:
            os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = before
        if domain_id is None:
            release_domain_id(own_id)


def wait_for(
    predicate: Callable[[], object],
    deadline_s: float = 10.0,
    spin: Callable[[float], object] | None = None,
) -> bool:
    """Waits until the predicate holds.

    Args:
        predicate: asked again and again.
        deadline_s: steady time after which the wait fails [s].
        spin: called between two questions with a time-out [s]; default: sleep.

    Returns:
        True.

    Raises:
        TimeoutError: it did not hold in time.
    """
    end_s = time.monotonic() + deadline_s
    while not predicate():
        if time.monotonic() > end_s:
            name = getattr(predicate, '__qualname__', repr(predicate))
            raise TimeoutError(f'{name} did not hold within {deadline_s} s')
        (spin or time.sleep)(0.01)
    return True


class Spinner:
    """Executes the callbacks of nodes in a thread of its own, as their process would."""

    def __init__(self, *nodes: Node, context: Context) -> None:
        """Starts at once."""
        self._nodes = nodes
        self._executor = SingleThreadedExecutor(context=context)
        for node in nodes:
            self._executor.add_node(node)
        self._thread = threading.Thread(target=self._spin, name='spinner', daemon=True)
        self._is_ending = False
        self._thread.start()

    def call(
        self, action: Callable[..., ResultT], *args: object, deadline_s: float = 20.0
    ) -> ResultT:
        """Runs an action in the executor's thread, between callbacks.

        Raises:
            TimeoutError: it did not return in time.
        """
        future = self._executor.create_task(action, *args)
        wait_for(future.done, deadline_s)
        result: ResultT = future.result()
        return result

    def stop(self) -> None:
        """Ends the thread; the nodes stay."""
        self._is_ending = True
        self._executor.wake()
        self._thread.join(5.0)
        for node in self._nodes:
            self._executor.remove_node(node)
        self._executor.shutdown(timeout_sec=1.0)

    def _spin(self) -> None:
        while not self._is_ending:
            self._executor.spin_once(timeout_sec=0.1)


@contextmanager
def spinning(*nodes: Node, context: Context) -> Iterator[Spinner]:
    """Spins the nodes in the background; at the end they are closed and destroyed."""
    spinner = Spinner(*nodes, context=context)
    try:
        yield spinner
    finally:
        spinner.stop()
        for node in nodes:
            if isinstance(node, RhoNode):
                node.close()
            node.destroy_node()


def bring_up(node: RhoNode, spinner: Spinner) -> None:
    """Configures and activates a node in its executor's thread.

    Raises:
        RuntimeError: a transition failed; the node's log says why.
    """
    for transition in (node.trigger_configure, node.trigger_activate):
        result: Any = spinner.call(transition)
        if result != TransitionCallbackReturn.SUCCESS:
            raise RuntimeError(f'{node.get_name()}: {transition.__name__} failed: {result}')


def bring_down(node: RhoNode, spinner: Spinner) -> None:
    """Deactivates and cleans up a node in its executor's thread.

    Raises:
        RuntimeError: a transition failed; the node's log says why.
    """
    for transition in (node.trigger_deactivate, node.trigger_cleanup):
        result: Any = spinner.call(transition)
        if result != TransitionCallbackReturn.SUCCESS:
            raise RuntimeError(f'{node.get_name()}: {transition.__name__} failed: {result}')
