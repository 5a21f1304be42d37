# SPDX-License-Identifier: Apache-2.0
"""The simulated cell as a lifecycle node: the topics of the real drivers around `CellSim`.

One thread keeps in phase with the steady clock: a physics step every 2 ms, and the joint states
and skins that fall on it. Another one draws snapshots of the state that the first one takes: a
picture takes about a millisecond, too long between two steps. The cameras are spread over time.
"""

import gc
import queue
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import Image
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

from rho_core.errors import Refused
from rho_core.errors import RhoError
from rho_core.pacing import LoopTime
from rho_description import Camera
from rho_interfaces.srv import GetScore
from rho_interfaces.srv import ResetScene
from rho_ros import qos
from rho_ros.conversions.image import image_to_ros
from rho_ros.conversions.joint_state import joint_state_to_ros
from rho_ros.conversions.time import time_to_ros
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.parameters import param
from rho_sim.cell_sim import CellSim
from rho_sim.live.anyskin_wire import RATE_HZ as SKIN_RATE_HZ
from rho_sim.live.anyskin_wire import burst_frame
from rho_sim.live.cadence import Cadence
from rho_sim.live.command_inbox import CommandInbox
from rho_sim.live.mailbox import Mailbox
from rho_sim.live.pty_line import PtyLine
from rho_sim.live.time_ledger import TimeLedger
from rho_sim.studio import Snapshot

LONGEST_CATCH_UP_NS = 50_000_000
SERVICE_TIMEOUT_S = 2.0
CLOCK_RATE_HZ = 250.0
LONGEST_PICTURE_QUEUE = 6
LONGEST_WAIT_S = 0.1

Picture = tuple[Snapshot, int, Callable[[Snapshot, int], None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimParameters:
    """Parameters of the simulated cell."""

    tactile_dir: str = field(
        metadata=param('folder for the links <sensor> to the pseudo-terminals of the skins'))
    seed: int = field(default=0, metadata=param('scene at the start', minimum=0))
    instruction: str = field(
        default='', metadata=param('task to score from the start, empty: none'))
    initial_positions: tuple[float, ...] = field(
        default=(),
        metadata=param('where the arms start, cell order [rad, m], empty: home'))
    joint_state_rate_hz: float = field(
        default=250.0, metadata=param('rate of joint_states [Hz]', minimum=1.0, maximum=500.0))
    publish_clock: bool = field(
        default=False, metadata=param('publish /clock and stamp with simulated time'))
    realtime_priority: int = field(
        default=40,  # stands in for hardware, yet below the controllers
        metadata=param('SCHED_FIFO priority of the physics, 0: none', minimum=0, maximum=98))


class SimNode(RhoNode):
    """Steps the cell and publishes what its sensors measure."""

    Parameters = SimParameters
    params: SimParameters

    def _setup(self) -> None:
        params = self.params
        self._sim = CellSim()
        self.own(self._sim.close)
        self.own(gc.unfreeze)
        start = np.array(params.initial_positions) if params.initial_positions else None
        self._sim.reset(params.seed, params.instruction, start)
        step_s = self._sim.config.physics_step_s
        step_ns = round(step_s * 1e9)
        self._ledger = TimeLedger(step_ns=step_ns, longest_catch_up_ns=LONGEST_CATCH_UP_NS)
        self._inbox = CommandInbox(self._sim.description, self._sim.joint_positions)
        self._mailbox = Mailbox()
        self._warned: set[str] = set()
        self._step_ns = step_ns
        self._steps = 0
        self._pictures: queue.SimpleQueue[Picture] = queue.SimpleQueue()
        self._skipped_pictures = 0
        self._outputs: list[tuple[Cadence, Callable[[int], None]]] = []
        self._connect_commands()
        if params.publish_clock:
            self._add_clock(step_s)
        self._add_joint_states(step_s)
        self._add_cameras(step_s)
        self._add_skins(step_s)
        self.create_service(ResetScene, 'sim/reset', self._reset_scene)
        self.create_service(GetScore, 'sim/score', self._get_score)
        self._artist = self.create_worker(self._draw_next, 'pictures')
        self._loop = self.create_loop(
            step_ns, self._tick, 'physics', params.realtime_priority or None,
            support_priority=None)

    def _start(self) -> None:
        self._is_warm = False
        self._is_resumed = False
        self._mailbox.open()
        self._artist.start()
        self._loop.start()

    def _stop(self) -> None:
        self._mailbox.close()
        ledger, inbox = self._ledger, self._inbox
        dropped = sum(line.dropped for line in self._lines)
        self.get_logger().info(
            f'{ledger.executed_steps} steps, {ledger.dropped_steps} dropped, '
            f'{ledger.late_ticks} ticks late by more than a step, worst '
            f'{ledger.worst_lateness_ns / 1e6:.1f} ms; {inbox.accepted} commands, '
            f'{inbox.refused} refused; {self._skipped_pictures} pictures skipped; '
            f'{dropped} times a skin had no reader')

    # -- what is published -----------------------------------------------------------------

    def _connect_commands(self) -> None:
        self._commands = [
            (arm, self.create_polled(
                Float64MultiArray, f'{arm}_forward_position_controller/commands', qos.command()))
            for arm in self._sim.description.arms
        ]

    def _add_clock(self, step_s: float) -> None:
        publisher = self.create_publisher(Clock, '/clock', qos.sensor_publisher())

        def publish(stamp_ns: int) -> None:
            publisher.publish(Clock(clock=time_to_ros(stamp_ns)))

        self._outputs.append((Cadence(CLOCK_RATE_HZ, step_s), publish))

    def _add_joint_states(self, step_s: float) -> None:
        sim = self._sim
        names = sim.description.joint_names
        publisher = self.create_publisher(JointState, 'joint_states', qos.sensor_publisher())
        message = joint_state_to_ros(0, names, sim.joint_positions, sim.joint_velocities)

        def publish(stamp_ns: int) -> None:
            message.header.stamp = time_to_ros(stamp_ns)
            message.position = array('d', sim.joint_positions.tobytes())
            message.velocity = array('d', sim.joint_velocities.tobytes())
            publisher.publish(message)

        self._outputs.append((Cadence(self.params.joint_state_rate_hz, step_s), publish))

    def _add_cameras(self, step_s: float) -> None:
        cameras = self._sim.description.cameras
        for i, (name, camera) in enumerate(cameras.items()):
            phase = Fraction(i, len(cameras))
            cadence = Cadence(camera.rate_hz, step_s, phase)
            self._outputs.append((cadence, self._camera_output(name, camera)))

    def _camera_output(self, name: str, camera: Camera) -> Callable[[int], None]:
        topic = f'camera/{name}'
        images = self.create_publisher(Image, f'{topic}/image_raw', qos.sensor_publisher())
        infos = self.create_publisher(CameraInfo, f'{topic}/camera_info', qos.sensor_publisher())
        info = _camera_info(camera)

        def publish(stamp_ns: int) -> None:
            if self._pictures.qsize() >= LONGEST_PICTURE_QUEUE:
                self._skipped_pictures += 1
                return
            self._pictures.put((self._sim.snapshot(), stamp_ns, draw))

        def draw(snapshot: Snapshot, stamp_ns: int) -> None:
            picture = self._sim.studio.render(snapshot, name)
            image = image_to_ros(picture, stamp_ns, camera.optical_frame)
            info.header.stamp = image.header.stamp
            images.publish(image)
            infos.publish(info)

        return publish

    def _add_skins(self, step_s: float) -> None:
        folder = Path(self.params.tactile_dir).expanduser()
        self._lines = []
        sensors = self._sim.description.fingertips
        for i, sensor in enumerate(sensors):
            line = PtyLine(folder / sensor)
            self.own(line.close)
            self._lines.append(line)
            phase = Fraction(i, len(sensors))
            self._outputs.append(
                (Cadence(SKIN_RATE_HZ, step_s, phase), self._skin_output(sensor, line)))

    def _skin_output(self, sensor: str, line: PtyLine) -> Callable[[int], None]:
        def send(_stamp_ns: int) -> None:
            line.write(burst_frame(self._sim.touch(sensor)))

        return send

    # -- the thread of the physics ---------------------------------------------------------

    def _tick(self, loop: LoopTime) -> None:
        if not self._is_warm:
            return
        if not self._is_resumed:
            self._is_resumed = True
            self._ledger.start(loop.deadline_ns - self._step_ns)
        for _ in range(self._ledger.tick(loop.deadline_ns, loop.steady_ns)):
            self._take_commands()
            self._sim.step(self._inbox.target)
            self._steps += 1
            self._publish_due()
        self._mailbox.serve()

    def _take_commands(self) -> None:
        for arm, commands in self._commands:
            message = commands.take_newest()
            if message is None:
                continue
            try:
                self._inbox.offer(arm, message.data)
            except Refused as error:
                if arm not in self._warned:
                    self._warned.add(arm)
                    self.get_logger().warning(
                        f'{error}; refused, the arm keeps its last good command '
                        '(said once per arm, counted)')

    def _publish_due(self) -> None:
        stamp_ns = 0
        for cadence, publish in self._outputs:
            if cadence.is_due(self._steps):
                stamp_ns = stamp_ns or self._stamp_ns()
                publish(stamp_ns)

    def _stamp_ns(self) -> int:
        if self.params.publish_clock:
            return self._steps * self._step_ns
        return self.now_ns()

    # -- the thread of the pictures --------------------------------------------------------

    def _draw_next(self) -> None:
        if not self._is_warm:
            # Making the GL context takes longer than many steps: the physics waits for it once.
            for camera in self._sim.description.cameras:
                self._sim.render(camera)
            # A full collection would stop the physics for 50 ms: what lives now is left alone.
            gc.collect()
            gc.freeze()
            self._is_warm = True
        try:
            snapshot, stamp_ns, draw = self._pictures.get(timeout=LONGEST_WAIT_S)
        except queue.Empty:
            return
        draw(snapshot, stamp_ns)

    # -- services, in the executor's thread ------------------------------------------------

    def _reset_scene(self, request: Any, response: Any) -> Any:
        def reset() -> None:
            self._sim.check_scene_reset()
            self._sim.reset_scene(request.seed, request.instruction)
            self._ledger.begin_episode()

        try:
            self._mailbox.call(reset, SERVICE_TIMEOUT_S)
        except RhoError as error:
            response.success, response.message = False, str(error)
        else:
            response.success, response.message = True, f'scene of seed {request.seed}'
        return response

    def _get_score(self, _request: Any, response: Any) -> Any:
        def read() -> tuple[Any, float, float]:
            now_ns = time.monotonic_ns()
            ledger = self._ledger
            return self._sim.score(), ledger.sim_time_s(), ledger.wall_time_s(now_ns)

        try:
            score, sim_time_s, wall_time_s = self._mailbox.call(read, SERVICE_TIMEOUT_S)
        except RhoError as error:
            response.detail = str(error)
            return response
        response.scored = score.scored
        response.instruction = score.instruction
        response.success = score.success
        response.failed = score.failed
        response.detail = score.detail
        response.success_time_s = score.success_time_s
        response.sim_time_s = sim_time_s
        response.wall_time_s = wall_time_s
        return response


def _camera_info(camera: Camera) -> CameraInfo:
    info = CameraInfo(width=camera.width, height=camera.height, distortion_model='plumb_bob')
    info.header.frame_id = camera.optical_frame
    f, cx, cy = camera.focal_px, (camera.width - 1) / 2.0, (camera.height - 1) / 2.0
    info.d = [0.0] * 5
    info.k = [f, 0.0, cx, 0.0, f, cy, 0.0, 0.0, 1.0]
    info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    info.p = [f, 0.0, cx, 0.0, 0.0, f, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return info


def main() -> None:
    """Run the node until it is interrupted."""
    run(SimNode, 'sim_node')


if __name__ == '__main__':
    main()
