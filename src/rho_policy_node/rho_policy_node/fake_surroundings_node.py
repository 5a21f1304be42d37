# SPDX-License-Identifier: Apache-2.0
"""What the policy node lives among, in one process: sensors, watchdog and operator, for tests."""

from pathlib import Path
from typing import Any

import numpy as np
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from rho_core.chunks.report import PolicyMode
from rho_core.pacing import LoopTime
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_core.touch import TactileFlag
from rho_core.touch import TactileReading
from rho_core.touch import TactileSensor
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_interfaces.msg import TactileFrame
from rho_interfaces.msg import TactileInfo
from rho_ros import qos
from rho_ros.conversions.image import image_to_ros
from rho_ros.conversions.joint_state import joint_state_to_ros
from rho_ros.conversions.safety import safety_to_ros
from rho_ros.conversions.tactile import tactile_info_to_ros
from rho_ros.conversions.tactile import tactile_to_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.polling import PolledSubscription

RED = 'Push the red button with the right gripper.'
BLUE = 'Push the blue button with the right gripper.'
JOINTS = ('left_a', 'left_b', 'right_a', 'right_b')
CAMERAS = {'front': (8, 16), 'wrist': (8, 8)}
SENSORS = ('finger_l', 'finger_r')
ARMS = ('left', 'right')


class FakeSurroundings(Node):
    """Sensors, watchdog and operator; everything at 50 Hz from one loop, stoppable by name."""

    def __init__(self, context: Context) -> None:
        """Create everything; `loop.start()` makes it work."""
        super().__init__('fake_surroundings', context=context)
        self.dead: set[str] = set()
        self.permit = Permit.RUN
        self.unit = 'uT'
        publisher = self.create_publisher
        self._images = {
            name: publisher(Image, f'camera/{name}/image_raw', qos.sensor_publisher())
            for name in CAMERAS
        }
        self._joints = publisher(JointState, 'joint_states', qos.sensor_publisher())
        self._touch = {
            name: publisher(TactileFrame, f'tactile/{name}/frame', qos.sensor_publisher())
            for name in SENSORS
        }
        self._infos = {
            name: publisher(TactileInfo, f'tactile/{name}/info', qos.latched()) for name in SENSORS
        }
        self._safety = publisher(SafetyState, 'safety/state', qos.latched())
        self._instruction = publisher(String, 'policy/instruction', qos.latched())
        self.trajectories: dict[str, PolledSubscription[Any]] = {
            arm: PolledSubscription(
                self, JointTrajectory, f'{arm}_arm_controller/joint_trajectory', qos.state()
            )
            for arm in ARMS
        }
        self._statuses: PolledSubscription[Any] = PolledSubscription(
            self, PolicyStatus, 'policy/status', qos.state()
        )
        self.status = PolicyStatus()
        self.loop = PeriodicLoop(20_000_000, self._tick, 'fake surroundings')

    def instruct(self, text: str) -> None:
        """Publish an instruction."""
        self._instruction.publish(String(data=text))

    def describe_touch(self) -> None:
        """Publish what the touch sensors are."""
        for name, info in self._infos.items():
            sensor = TactileSensor(
                sensor_id=name,
                format='anyskin',
                frame_id=name,
                channel_names=('bx', 'by', 'bz'),
                channel_units=(self.unit,) * 3,
                range_min=-1.0,
                range_max=1.0,
                rate_hz=100.0,
                rows=5,
                cols=1,
                taxel_positions=np.zeros((5, 3)),
            )
            info.publish(tactile_info_to_ros(sensor, self._now_ns()))

    def mode(self) -> PolicyMode:
        """Return the mode that the policy said last."""
        for status in self._statuses.take_all():
            self.status = status
        return PolicyMode(self.status.mode)

    def is_in(self, mode: PolicyMode, reason: str = '') -> bool:
        """Whether the policy is in a mode, for a reason that contains a text."""
        return self.mode() is mode and reason in self.status.reason

    def drain(self) -> None:
        """Forget the trajectories that have arrived."""
        for subscription in self.trajectories.values():
            subscription.take_all()

    def _now_ns(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _tick(self, loop_time: LoopTime) -> None:
        now_ns = self._now_ns()
        for name, size in CAMERAS.items():
            if name not in self.dead:
                image = np.full((*size, 3), 90, dtype=np.uint8)
                self._images[name].publish(image_to_ros(image, now_ns, name))
        if 'joint_states' not in self.dead:
            positions = np.array([0.4, 0.1, 0.3, 0.2])
            names = ('right_b', 'left_a', 'right_a', 'left_b')
            self._joints.publish(joint_state_to_ros(now_ns, names, positions))
        for name in SENSORS:
            reading = TactileReading(
                stamp_ns=now_ns,
                sensor_id=name,
                seq=loop_time.cycle,
                values=np.zeros((5, 1, 3), dtype=np.float32),
                flags=TactileFlag(0),
                baseline_id=1,
            )
            self._touch[name].publish(tactile_to_ros(reading))
        decision = SafetyDecision(
            stamp_ns=now_ns,
            seq=loop_time.cycle,
            epoch=0,
            latched=self.permit is Permit.STOP,
            arms=ARMS,
            permits=(self.permit,) * 2,
            speed_scales=(1.0, 1.0),
        )
        self._safety.publish(safety_to_ros(decision))


def parameters(bundle: Path, /, **changes: Any) -> 'list[Parameter[Any]]':
    """Return the parameters of a policy node that fits."""
    values: dict[str, Any] = {
        'bundle': str(bundle),
        'arms': list(ARMS),
        'joints': list(JOINTS),
        'joints_per_arm': [2, 2],
        'joint_lower': [-3.0] * 4,
        'joint_upper': [3.0] * 4,
        'joint_velocity': [3.0] * 4,
    }
    return [Parameter(name, value=value) for name, value in (values | changes).items()]
