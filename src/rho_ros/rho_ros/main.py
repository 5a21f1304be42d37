# SPDX-License-Identifier: Apache-2.0
"""The main function of every Rho node process.

Exit codes: 0 after SIGINT, SIGTERM or a shutdown of the context, 1 after an error while running,
2 when the node could not be built from its parameters.
"""

import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from collections.abc import Sequence

import rclpy
from rclpy.exceptions import ROSInterruptException
from rclpy.executors import ExternalShutdownException
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from rho_core.errors import RhoError
from rho_ros.node import RhoNode

# A thread that computes hands over the interpreter after this time; the default of 5 ms would
# delay a 500 Hz loop by more than two periods.
_SWITCH_INTERVAL_S = 1e-4


def run(
    node_class: Callable[[str], RhoNode], name: str, args: Sequence[str] | None = None
) -> None:
    """Runs a node until a signal or an error ends it, then leaves the process.

    Args:
        node_class: makes the node from its name.
        name: default name of the node.
        args: ROS arguments; default: those of the command line.

    Raises:
        SystemExit: always, with the exit code.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    # rclpy's own handlers would invalidate the context before the node can stop in order.
    rclpy.init(
        args=None if args is None else list(args),
        signal_handler_options=SignalHandlerOptions.NO,
    )
    node: RhoNode | None = None
    exit_code = 0
    try:
        with _Signals() as signals:
            node = node_class(name)
            node.on_failure = lambda _error: signals.request_end()
            _spin(node, signals.ended)
            exit_code = 1 if node.failure is not None else 0
    except (KeyboardInterrupt, ExternalShutdownException, ROSInterruptException):
        exit_code = 0
    except RhoError as error:
        get_logger(name).fatal(f'{type(error).__name__}: {error}')
        exit_code = 2 if node is None else 1
    except Exception as error:
        get_logger(name).fatal(''.join(traceback.format_exception(error)).rstrip())
        exit_code = 1
    finally:
        if node is not None:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    sys.exit(exit_code)


def _spin(node: RhoNode, ended: 'Future[bool]') -> None:
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        executor.spin_until_future_complete(ended)
    finally:
        executor.remove_node(node)
        executor.shutdown(timeout_sec=1.0)


class _Signals:
    """Turns SIGINT and SIGTERM into a future. A second one ends the process at once."""

    def __init__(self) -> None:
        self.ended: Future[bool] = Future()
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._thread = threading.Thread(target=self._watch, name='signals', daemon=True)

    def request_end(self) -> None:
        """Completes the future; from any thread."""
        if not self.ended.done():
            self.ended.set_result(True)

    def __enter__(self) -> '_Signals':
        # The wait for callbacks is not interrupted by a signal and Python runs handlers only
        # after it: the descriptor is written at once, and the thread wakes the executor.
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: None)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        # The thread stays: a second signal during the orderly end must still be heard.
        return None

    def _watch(self) -> None:
        count = 0
        while True:
            received = self._reader.recv(16)
            count += sum(number in (signal.SIGINT, signal.SIGTERM) for number in received)
            self.request_end()
            if count >= 2:
                os._exit(130)
