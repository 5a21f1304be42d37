# SPDX-License-Identifier: Apache-2.0
"""The watchdog's process: looks at every stream, publishes permits, takes stop and reset."""

import time
from threading import Lock

from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from arm_controller.watchdog_parameters import WatchdogParameters
from rho_core.errors import Refused
from rho_core.pacing import LoopTime
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.observation import Observation
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_ros import qos
from rho_ros.conversions.safety import safety_to_ros
from rho_ros.conversions.time import time_from_ros
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.polling import PolledSubscription
from rho_ros.polling import stamp_ns_from_raw

_NS_PER_S = 1_000_000_000


class WatchdogNode(RhoNode):
    """Publishes safety/state while active. Nothing published means STOP to the controllers."""

    Parameters = WatchdogParameters

    def _setup(self) -> None:
        params: WatchdogParameters = self.params
        # A new watchdog must not repeat the epochs of the one before it.
        self._watchdog = Watchdog(params.rules(), first_epoch=time.time_ns() // 1_000_000)
        self._lock = Lock()
        self._streams = self._subscribe(params)
        self._policy = self.create_polled(PolicyStatus, 'policy/status', qos.state())
        self._publisher = self.create_publisher(SafetyState, 'safety/state', qos.latched())
        self.create_service(Trigger, 'safety/reset', self._reset)
        self.create_service(Trigger, 'safety/stop', self._request_stop)
        self._causes: frozenset[str] = frozenset()
        # Nearly all states differ from the one before in stamp and number only.
        self._content: tuple[object, ...] = ()
        self._message = SafetyState()
        self._loop = self.create_loop(
            round(1e9 / params.rate_hz), self._tick, 'watchdog', params.realtime_priority or None)

    def _start(self) -> None:
        self._loop.start()

    def _stop(self) -> None:
        # The last word stays with late joiners, and those who listen stop at once.
        with self._lock:
            now_ns = self.now_ns()
            self._watchdog.stop(now_ns, time.monotonic_ns(), 'watchdog deactivated')
            self._publish(self._watchdog.update(now_ns, time.monotonic_ns()))

    def _subscribe(
        self, params: WatchdogParameters
    ) -> list[tuple[str, PolledSubscription[bytes]]]:
        sensor = _newest(qos.sensor_subscription())
        topics: list[tuple[str, type, str, QoSProfile]] = [
            ('joint_states', JointState, 'joint_states', sensor)]
        topics += [(f'camera.{name}', Image, f'camera/{name}/image_raw', sensor)
                   for name in params.cameras]
        topics += [(f'tactile.{name}', TactileFrame, f'tactile/{name}/frame', sensor)
                   for name in params.tactile]
        topics += [(f'command.{arm}', JointTrajectory, f'{arm}_arm_controller/joint_trajectory',
                    qos.command()) for arm in params.arms]
        return [(stream, self.create_polled(message_type, topic, profile, raw=True))
                for stream, message_type, topic, profile in topics]

    def _tick(self, loop_time: LoopTime) -> None:
        steady_ns = loop_time.steady_ns
        now_ns = self.now_ns()
        observations = []
        for stream, subscription in self._streams:
            data = subscription.take()
            if data is not None:
                observations.append(Observation(
                    stream=stream, stamp_ns=stamp_ns_from_raw(data), received_ns=steady_ns))
        status = self._policy.take_newest()
        activity = None
        if status is not None:
            activity = PolicyActivity(stamp_ns=time_from_ros(status.header.stamp),
                                      is_running=status.mode == PolicyStatus.MODE_RUNNING)
        with self._lock:
            decision = self._watchdog.update(now_ns, steady_ns, observations, activity)
            self._publish(decision)
        self._tell(decision)

    def _publish(self, decision: SafetyDecision) -> None:
        content = (decision.epoch, decision.latched, decision.permits, decision.causes)
        if content != self._content:
            self._message = safety_to_ros(decision)
            self._content = content
        message = self._message
        message.seq = decision.seq
        stamp = message.header.stamp
        stamp.sec, stamp.nanosec = divmod(decision.stamp_ns, _NS_PER_S)
        self._publisher.publish(message)

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
    """Only the newest sample matters, and each one that waits costs time to take."""
    profile.depth = 1
    return profile


def main() -> None:
    """Run the node."""
    run(WatchdogNode, 'watchdog')


if __name__ == '__main__':
    main()
