# SPDX-License-Identifier: Apache-2.0
"""The watchdog's process: looks at every stream, publishes permits, takes stop and reset."""

import gc
import time
from threading import Lock

from rclpy.qos import QoSProfile
from std_srvs.srv import Trigger

from arm_controller.watchdog_parameters import WatchdogParameters
from arm_controller.watched_stream import WatchedStream
from arm_controller.watched_stream import needs_all
from rho_core.errors import Refused
from rho_core.pacing import LoopTime
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_settings import StreamSettings
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.observation import Observation
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_ros import qos
from rho_ros.conversions.safety import SafetyEncoder
from rho_ros.conversions.watched import MESSAGES
from rho_ros.conversions.watched import policy_activity_from_raw
from rho_ros.conversions.watched import reader
from rho_ros.loop_diagnostics import LoopDiagnostics
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.realtime import quiet_garbage_collector

# Messages that come within one cycle, where each one counts.
_DEPTH = 20
_NS_PER_US = 1000


class WatchdogNode(RhoNode):
    """Publishes safety/state while active. Nothing published means STOP to the controllers."""

    Parameters = WatchdogParameters

    def _setup(self) -> None:
        params: WatchdogParameters = self.params
        # A new watchdog must not repeat the epochs of the one before it.
        self._watchdog = Watchdog(params.rules(), first_epoch=time.time_ns() // 1_000_000)
        self._lock = Lock()
        watched = params.watch_list()
        compared = {name for skew in watched.skews.values() for name in skew.streams}
        self._streams = [self._watch(name, settings, is_compared=name in compared)
                         for name, settings in watched.streams.items()]
        self._policy = self.create_polled(
            PolicyStatus, 'policy/status', _newest(qos.state()), raw=True)
        self._publisher = self.create_publisher(SafetyState, 'safety/state', qos.latched())
        self.create_service(Trigger, 'safety/reset', self._reset)
        self.create_service(Trigger, 'safety/stop', self._request_stop)
        self._causes: frozenset[str] = frozenset()
        self._encoder = SafetyEncoder()
        self._loop = self.create_loop(
            round(1e9 / params.rate_hz), self._tick, 'watchdog', params.realtime_priority or None,
            phase_ns=params.phase_us * _NS_PER_US)
        self._diagnostics = LoopDiagnostics(self, self._loop)

    def _start(self) -> None:
        quiet_garbage_collector()
        self._loop.start()

    def _stop(self) -> None:
        gc.unfreeze()
        gc.enable()
        # The last word stays with late joiners, and those who listen stop at once.
        with self._lock:
            now_ns = self.now_ns()
            self._watchdog.stop(now_ns, time.monotonic_ns(), 'watchdog deactivated')
            self._publisher.publish(
                self._encoder.encode(self._watchdog.update(now_ns, time.monotonic_ns())))

    def _watch(self, name: str, settings: StreamSettings, *, is_compared: bool) -> WatchedStream:
        profile = (qos.command() if settings.kind is StreamKind.TRAJECTORY
                   else qos.sensor_subscription())
        # Each message that waits costs time to take.
        profile.depth = _DEPTH if needs_all(settings) else 1
        return WatchedStream(
            settings,
            self.create_polled(MESSAGES[settings.kind], settings.topic, profile, raw=True),
            reader(name, settings),
            lambda why: self.get_logger().error(f'{name}: unreadable, taken for lost: {why}'),
            is_compared=is_compared,
        )

    def _tick(self, loop_time: LoopTime) -> None:
        steady_ns = loop_time.steady_ns
        now_ns = self.now_ns()
        observations: list[Observation] = []
        for stream in self._streams:
            stream.poll(now_ns, steady_ns, observations)
        status = self._policy.take()
        activity = None if status is None else policy_activity_from_raw(status)
        with self._lock:
            decision = self._watchdog.update(now_ns, steady_ns, observations, activity)
            self._publisher.publish(self._encoder.encode(decision))
        self._tell(decision)
        self._diagnostics.update(now_ns, steady_ns)

    def _tell(self, decision: SafetyDecision) -> None:
        """Log causes as they come and go."""
        active = {cause.id: cause for cause in decision.causes if cause.active}
        if active.keys() == self._causes:
            return
        for name, cause in active.items():
            if name not in self._causes:
                self.get_logger().warning(f'{cause.permit.name}: {name}: {cause.detail}')
        for name in self._causes - active.keys():
            self.get_logger().info(f'gone: {name}')
        self._causes = frozenset(active)

    def _reset(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        if not self.is_active:
            response.message = 'reset refused: the watchdog is not active'
            return response
        try:
            with self._lock:
                self._watchdog.reset(time.monotonic_ns())
        except Refused as error:
            response.message = str(error)
            return response
        response.success = True
        response.message = 'reset: the arms wait for commands'
        self.get_logger().info(response.message)
        return response

    def _request_stop(
        self, _request: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        with self._lock:
            self._watchdog.stop(self.now_ns(), time.monotonic_ns())
        response.success = True
        response.message = 'stopped: call safety/reset to go on'
        self.get_logger().warning('STOP: operator.stop')
        return response


def _newest(profile: QoSProfile) -> QoSProfile:
    """Keep the newest message only."""
    profile.depth = 1
    return profile


def main() -> None:
    """Run the node."""
    run(WatchdogNode, 'watchdog')


if __name__ == '__main__':
    main()
