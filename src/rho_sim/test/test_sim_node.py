# SPDX-License-Identifier: Apache-2.0
import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from sensor_msgs.msg import JointState  # noqa: E402
from std_msgs.msg import Float64MultiArray  # noqa: E402

from rho_description import cell  # noqa: E402
from rho_interfaces.srv import GetScore  # noqa: E402
from rho_interfaces.srv import ResetScene  # noqa: E402
from rho_ros import qos  # noqa: E402
from rho_ros.conversions.image import image_from_ros  # noqa: E402
from rho_ros.conversions.time import time_from_ros  # noqa: E402
from rho_ros.testing import Spinner  # noqa: E402
from rho_ros.testing import bring_down  # noqa: E402
from rho_ros.testing import bring_up  # noqa: E402
from rho_ros.testing import ros_context  # noqa: E402
from rho_ros.testing import spinning  # noqa: E402
from rho_ros.testing import wait_for  # noqa: E402
from rho_sim.sim_node import SimNode  # noqa: E402

pytestmark = pytest.mark.graph

CELL = cell()
RED = 'Push the red button.'


class Listener(Node):  # type: ignore[misc]
    """Subscribes to everything and remembers what came."""

    def __init__(self, context: Context) -> None:
        super().__init__('listener', context=context)
        self.received: dict[str, list[Any]] = {}
        self._listen(JointState, 'joint_states')
        self._listen(Clock, '/clock')
        for camera in CELL.cameras:
            self._listen(Image, f'camera/{camera}/image_raw')
            self._listen(CameraInfo, f'camera/{camera}/camera_info')
        self.commands = {
            arm: self.create_publisher(
                Float64MultiArray, f'{arm}_forward_position_controller/commands', qos.command())
            for arm in CELL.arms
        }

    def _listen(self, kind: type[Any], topic: str) -> None:
        messages = self.received.setdefault(topic, [])
        self.create_subscription(kind, topic, messages.append, qos.sensor_subscription())

    def joints(self) -> np.ndarray:
        return np.array(self.received['joint_states'][-1].position)


class Cell:
    """A running simulator with somebody who listens."""

    def __init__(self, context: Context, spinner: Spinner, node: SimNode, ear: Listener) -> None:
        self.context, self.spinner, self.node, self.ear = context, spinner, node, ear
        self._clients = {
            kind: ear.create_client(kind, name)
            for kind, name in ((ResetScene, 'sim/reset'), (GetScore, 'sim/score'))}

    def call(self, request: Any, kind: type[Any]) -> Any:
        client = self._clients[kind]
        assert client.wait_for_service(timeout_sec=10.0)
        future = client.call_async(request)
        wait_for(future.done, 10.0)
        return future.result()

    def reset(self, seed: int, instruction: str) -> Any:
        return self.call(ResetScene.Request(seed=seed, instruction=instruction), ResetScene)

    def score(self) -> Any:
        return self.call(GetScore.Request(), GetScore)

    def command(self, arm: str, positions: list[float]) -> None:
        self.ear.commands[arm].publish(Float64MultiArray(data=positions))


@pytest.fixture(scope='module')
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    folder = tmp_path_factory.mktemp('skins')
    parameters = {'tactile_dir': str(folder), 'seed': 4, 'publish_clock': True}
    with ros_context() as context:
        node = SimNode('sim_node', context=context, parameter_overrides=[
            Parameter(name, value=value) for name, value in parameters.items()])
        ear = Listener(context)
        with spinning(node, ear, context=context) as spinner:
            bring_up(node, spinner)
            cell_ = Cell(context, spinner, node, ear)
            wait_for(lambda: len(ear.received['camera/front/image_raw']) > 3, 30.0)
            wait_for(lambda: ear.commands['left'].get_subscription_count() > 0, 10.0)
            yield cell_


def test_joint_states_name_all_joints_at_home(running: Cell) -> None:
    message = running.ear.received['joint_states'][-1]
    assert tuple(message.name) == CELL.joint_names
    assert np.allclose(message.position, CELL.home, atol=1e-3)
    assert len(message.velocity) == 14


def test_pictures_come_with_matching_camera_info(running: Cell) -> None:
    ear = running.ear
    for camera in CELL.cameras.values():
        wait_for(lambda c=camera: ear.received[f'camera/{c.name}/image_raw'], 10.0)
        image = ear.received[f'camera/{camera.name}/image_raw'][-1]
        info = ear.received[f'camera/{camera.name}/camera_info'][-1]
        assert image_from_ros(image).shape == (camera.height, camera.width, 3)
        assert image.header.frame_id == info.header.frame_id == camera.optical_frame
        assert (info.width, info.height) == (camera.width, camera.height)
        assert info.k[0] == pytest.approx(camera.focal_px)


def test_stamps_are_those_of_the_simulated_clock_and_grow(running: Cell) -> None:
    wait_for(lambda: len(running.ear.received['/clock']) > 20, 10.0)
    clock = [time_from_ros(message.clock) for message in running.ear.received['/clock']]
    assert all(b > a for a, b in itertools.pairwise(clock))
    for topic in ('joint_states', 'camera/front/image_raw'):
        stamps = [time_from_ros(m.header.stamp) for m in list(running.ear.received[topic])]
        assert all(b > a for a, b in itertools.pairwise(stamps))
        assert stamps[-1] % 2_000_000 == 0


def test_skins_leave_as_bursts_on_pseudo_terminals(running: Cell) -> None:
    for sensor in CELL.fingertips:
        path = Path(running.node.params.tactile_dir) / sensor
        descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        received = bytearray()

        def has_enough(descriptor: int = descriptor, received: bytearray = received) -> bool:
            with contextlib.suppress(BlockingIOError):
                received += os.read(descriptor, 4096)
            return len(received) > 82 * 20

        wait_for(has_enough, 10.0)
        os.close(descriptor)
        ends = [i for i in range(len(received) - 1) if received[i : i + 2] == b'\r\n']
        assert any(b - a == 82 for a, b in itertools.pairwise(ends))


def test_a_bad_command_moves_nothing_and_is_counted(running: Cell) -> None:
    before = running.ear.joints()
    refused = running.node._inbox.refused
    running.command('left', [float('nan')] * 7)
    wait_for(lambda: running.node._inbox.refused == refused + 1, 10.0)
    running.command('left', [0.0] * 6)
    wait_for(lambda: running.node._inbox.refused == refused + 2, 10.0)
    seen = len(running.ear.received['joint_states'])
    wait_for(lambda: len(running.ear.received['joint_states']) > seen + 30, 10.0)
    assert np.allclose(running.ear.joints(), before, atol=1e-4)


def test_scene_score_and_factor_over_the_services(running: Cell) -> None:
    assert running.reset(6, 'Push the pink button.').success is False
    assert running.reset(6, RED).success
    seen = len(running.ear.received['joint_states'])
    wait_for(lambda: len(running.ear.received['joint_states']) > seen + 100, 20.0)
    score = running.score()
    assert score.scored
    assert score.instruction == RED
    assert not score.success
    assert not score.failed
    assert score.sim_time_s > 0.0
    assert 0.0 < score.sim_time_s / score.wall_time_s < 1.05


def test_a_command_moves_its_arm_and_then_the_scene_stays(running: Cell) -> None:
    goal = CELL.home.copy()
    goal[8] += 0.05
    running.command('right', goal[7:].tolist())
    wait_for(lambda: abs(running.ear.joints()[8] - goal[8]) < 0.005, 10.0)
    assert np.allclose(running.ear.joints()[:7], CELL.home[:7], atol=1e-3)


def test_it_goes_on_after_deactivation(running: Cell) -> None:
    spinner, node = running.spinner, running.node
    spinner.call(node.trigger_deactivate)
    answer = running.reset(1, '')
    assert not answer.success
    assert 'not active' in answer.message
    spinner.call(node.trigger_activate)
    seen = len(running.ear.received['camera/front/image_raw'])
    wait_for(lambda: len(running.ear.received['camera/front/image_raw']) > seen + 2, 20.0)
    assert running.reset(1, '').success


def test_nothing_is_left_after_cleanup(tmp_path: Path) -> None:
    with ros_context() as context:
        node = SimNode('sim_node', context=context, parameter_overrides=[
            Parameter('tactile_dir', value=str(tmp_path))])
        with spinning(node, context=context) as spinner:
            bring_up(node, spinner)
            assert {path.name for path in tmp_path.iterdir()} == set(CELL.fingertips)
            bring_down(node, spinner)
            assert list(tmp_path.iterdir()) == []
            assert node.count_publishers('joint_states') == 0


@pytest.mark.parametrize('parameters', [{'instruction': 'Push it.'},
                                        {'initial_positions': [0.0] * 13}])
def test_wrong_parameters_fail_at_configure(tmp_path: Path, parameters: dict[str, Any]) -> None:
    parameters = {'tactile_dir': str(tmp_path), **parameters}
    with ros_context() as context:
        node = SimNode('sim_node', context=context, parameter_overrides=[
            Parameter(name, value=value) for name, value in parameters.items()])
        with (
            spinning(node, context=context) as spinner,
            pytest.raises(RuntimeError, match='configure'),
        ):
            bring_up(node, spinner)
        assert list(tmp_path.iterdir()) == []
