# SPDX-License-Identifier: Apache-2.0
"""Lifecycle base class of every Rho node: hooks in, one stop order, nothing left behind."""

import traceback
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from typing import ClassVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.lifecycle import LifecycleNode
from rclpy.lifecycle import LifecycleState
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.service import Service

from rho_core.errors import RhoError
from rho_core.pacing import LoopTime
from rho_ros import parameters
from rho_ros.clock import RosClock
from rho_ros.entities import Entities
from rho_ros.loop import PeriodicLoop
from rho_ros.patient_replies import PatientReplies
from rho_ros.polling import PolledSubscription
from rho_ros.realtime import SUPPORT_PRIORITY
from rho_ros.realtime import become_real_time
from rho_ros.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParameters:
    """For nodes that have none."""


class RhoNode(LifecycleNode):
    """A lifecycle node whose subclasses fill four hooks.

    `_setup` builds (configure), `_start` begins to act (activate), `_stop` ends acting
    (deactivate), `_teardown` ends what `_setup` built (cleanup, shutdown, error).

    Stop order: loops and workers first (their threads have ended when `_stop` runs), then `_stop`,
    then `_teardown`, then what was given to `own` in reverse order, then every publisher,
    subscription, service, client and timer made since configure. An exception in a hook is
    logged, leaves nothing running and fails the transition. `_teardown` is not called after a
    `_setup` that failed: resources that must be closed then are given to `own` as they are
    acquired.
    """

    Parameters: ClassVar[type[Any]] = NoParameters
    """Dataclass of the node's parameters; `self.params` is an instance of it."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        """Declares the parameters; everything else waits for configure.

        Args:
            name: name of the node.
            **kwargs: passed on to rclpy's LifecycleNode.

        Raises:
            ParameterError: a parameter given at start is not allowed.
        """
        super().__init__(name, **kwargs)
        self.failure: BaseException | None = None
        self.on_failure: Callable[[BaseException], None] = _ignore
        self._ros_clock = RosClock(self.get_clock())
        self._loops: list[PeriodicLoop | Worker] = []
        self._owned = ExitStack()
        self._entities: Entities | None = None
        self._is_started = False
        self.patient_replies = PatientReplies(self)
        for service in self.services:
            self.patient_replies.attach(service)
        self._parameter_names = {item.name for item in fields(self.Parameters)}
        self.params: Any = parameters.declare(self, self.Parameters)
        self.add_on_set_parameters_callback(self._check_parameter_change)

    def _setup(self) -> None:
        """Builds what the node needs, from `self.params`."""

    def _start(self) -> None:
        """Begins to act: starts loops."""

    def _stop(self) -> None:
        """Ends acting. The loops have ended already."""

    def _teardown(self) -> None:
        """Ends what `_setup` built and `own` does not know."""

    @property
    def is_active(self) -> bool:
        """Whether the node is between activate and deactivate."""
        return self._is_started

    def now_ns(self) -> int:
        """ROS time [ns], cheap enough for every cycle of a loop."""
        return self._ros_clock.now_ns()

    def own(self, release: Callable[[], object]) -> None:
        """Registers what releases a resource; called at cleanup, in reverse order."""
        self._owned.callback(release)

    def create_loop(
        self,
        period_ns: int,
        tick: Callable[[LoopTime], None],
        name: str,
        realtime_priority: int | None = None,
        *,
        phase_ns: int = 0,
        support_priority: int | None = SUPPORT_PRIORITY,
    ) -> PeriodicLoop:
        """Makes a loop that `_start` starts and the node stops before `_stop`.

        An exception in `tick` is logged and ends the process with a non-zero exit code.
        `phase_ns` is the distance of its deadlines from the multiples of the period;
        `support_priority` is that of the process' other threads, see `PeriodicLoop`.
        """
        loop = PeriodicLoop(
            period_ns,
            tick,
            name,
            realtime_priority,
            phase_ns=phase_ns,
            support_priority=support_priority,
            on_error=lambda error: self.fail(f"loop '{name}'", error),
            on_warning=lambda text: self.get_logger().warning(text),
        )
        self._loops.append(loop)
        return loop

    def create_worker(
        self, step: Callable[[], object], name: str, realtime_priority: int | None = None
    ) -> Worker:
        """Makes a worker thread that `_start` starts and the node stops before `_stop`.

        `step` returns within half a second. An exception in it is treated like that of a loop.
        """
        worker = Worker(
            step,
            name,
            on_error=lambda error: self.fail(f"worker '{name}'", error),
            prepare=lambda: become_real_time(
                realtime_priority, name, lambda text: self.get_logger().warning(text)
            ),
        )
        self._loops.append(worker)
        return worker

    def create_service(self, *args: Any, **kwargs: Any) -> 'Service[Any, Any]':
        """Makes a service; its answers do not hold up the process, see `PatientReplies`."""
        service = super().create_service(*args, **kwargs)
        # Those that rclpy makes while the node comes into being are attached after it.
        if hasattr(self, 'patient_replies'):
            self.patient_replies.attach(service)
        return service

    def create_polled(
        self, msg_type: type[Any], topic: str, qos: QoSProfile, *, raw: bool = False
    ) -> PolledSubscription[Any]:
        """Makes a subscription that is polled; the node destroys it at cleanup."""
        return PolledSubscription(self, msg_type, topic, qos, raw=raw)

    def fail(self, what: str, error: BaseException) -> None:
        """Reports an error that the node cannot go on from; `main.run` then ends the process."""
        self._log_error(f'{what} failed', error)
        if self.failure is None:
            self.failure = error
            self.on_failure(error)

    def close(self) -> None:
        """Stops and releases everything, whatever the state. The node is finalized then."""
        if self._state_machine.current_state[1] in ('unconfigured', 'inactive', 'active'):
            self.trigger_shutdown()
        self._release()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Reads the parameters and runs `_setup`."""
        self._entities = Entities(self)
        if self._run('configure', self._configure):
            return super().on_configure(state)
        self._release()
        return TransitionCallbackReturn.FAILURE

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Runs `_start`."""
        if self._run('activate', self._start):
            self._is_started = True
            return super().on_activate(state)
        self._stop_loops()
        return TransitionCallbackReturn.FAILURE

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stops the loops and runs `_stop`. A failure leads to error processing."""
        if self._end_acting():
            return super().on_deactivate(state)
        return TransitionCallbackReturn.ERROR

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Runs `_teardown` and releases everything. A failure leads to error processing."""
        super().on_cleanup(state)
        return _SUCCESS if self._end_existing() else TransitionCallbackReturn.ERROR

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Deactivates and cleans up, as far as the state asks for it."""
        super().on_shutdown(state)
        has_stopped = self._end_acting()
        has_ended = self._end_existing()
        return _SUCCESS if has_stopped and has_ended else TransitionCallbackReturn.ERROR

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ends whatever is left; the node is unconfigured then."""
        super().on_error(state)
        self._end_acting()
        self._end_existing()
        return _SUCCESS

    def _configure(self) -> None:
        self.params = parameters.read(self, self.Parameters)
        self._setup()

    def _end_acting(self) -> bool:
        is_clean = self._stop_loops()
        if self._is_started:
            self._is_started = False
            is_clean = self._run('deactivate', self._stop) and is_clean
        return is_clean

    def _end_existing(self) -> bool:
        is_clean = True
        if self._entities is not None:
            is_clean = self._run('cleanup', self._teardown)
        return self._release() and is_clean

    def _stop_loops(self) -> bool:
        results = [self._run('deactivate', loop.stop) for loop in reversed(self._loops)]
        return all(results)

    def _release(self) -> bool:
        is_clean = self._stop_loops()
        self._loops.clear()
        is_clean = self._run('cleanup', self._owned.close) and is_clean
        if self._entities is not None:
            is_clean = self._run('cleanup', self._entities.destroy_new) and is_clean
            self._entities = None
        return is_clean

    def _run(self, what: str, action: Callable[[], object]) -> bool:
        """Runs a step of a transition. rclpy would swallow its exception without a word."""
        try:
            action()
        except Exception as error:
            self._log_error(f'{what} failed', error)
            return False
        return True

    def _log_error(self, what: str, error: BaseException) -> None:
        if not isinstance(error, RhoError):
            self.get_logger().error(''.join(traceback.format_exception(error)).rstrip())
        self.get_logger().error(f'{what}: {type(error).__name__}: {error}')

    def _check_parameter_change(self, changes: 'Sequence[Parameter[Any]]') -> SetParametersResult:
        names = sorted(self._parameter_names.intersection(item.name for item in changes))
        if names and self._entities is not None:
            return SetParametersResult(
                successful=False,
                reason=f'{", ".join(names)}: parameters take effect at configure, clean up first',
            )
        return SetParametersResult(successful=True)


_SUCCESS = TransitionCallbackReturn.SUCCESS


def _ignore(_error: BaseException) -> None:
    return None
