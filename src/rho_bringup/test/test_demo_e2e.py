# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests: the whole cell as processes over real DDS."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('rho_interfaces')

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import Float64MultiArray

from rho_bringup import cli
from rho_bringup import demo_node
from rho_bringup.cell_file import load_cell
from rho_bringup.cell_session_node import CellSession
from rho_bringup.cell_topics import command_topic
from rho_bringup.demo_node import DemoOptions
from rho_bringup.demo_node import run_demo
from rho_bringup.exit_codes import ExitCode
from rho_bringup.resources import prefixes
from rho_bringup.terminal import silent
from rho_description import cell as describe_cell
from rho_interfaces.msg import SafetyState
from rho_ros.polling import PolledSubscription

INSTRUCTION = 'Push the red button with the right gripper.'
MOVED_RAD = 0.05
PERIOD_S = 0.002
HEARD = 20
HEARS_S = 10.0
REST_SAMPLES = 100
SLACK = 1.001

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not any((prefix / 'lib' / 'rho_sim' / 'sim_node').exists() for prefix in prefixes()),
        reason='the workspace is not built: ./rho or colcon build'),
]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the session choose its domain, and forget the choice afterwards."""
    monkeypatch.setenv('ROS_DOMAIN_ID', '0')
    monkeypatch.delenv('ROS_DOMAIN_ID')


def test_demo_carries_out_the_instruction(tmp_path: Path) -> None:
    out = tmp_path / 'demo.json'
    code = cli.main(['demo', '--seed', '3', '--no-view', '--out', str(out)])
    result = json.loads(out.read_text())
    assert code == ExitCode.OK, result
    assert result['success'] is True
    assert (result['seed'], result['instruction']) == (3, INSTRUCTION)
    assert result['safety_stops'] == 0
    assert result['real_time_factor'] > 0.9
    assert result['inference_ms']['p50'] > 0
    rates = result['rates_hz']
    assert rates['joint_states'] > 200
    assert rates['camera/front/image_raw'] > 20
    assert rates['tactile/left_fingertip_a/frame'] > 80
    assert rates['right_arm_controller/joint_trajectory'] > 35
    assert rates['right_forward_position_controller/commands'] > 400
    assert rates['safety/state'] >= 100


def test_instruction_that_nobody_scores_is_not_success(tmp_path: Path) -> None:
    out = tmp_path / 'demo.json'
    code = cli.main(['demo', '--instruction', 'Make coffee.', '--out', str(out)])
    result = json.loads(out.read_text())
    assert code != ExitCode.OK
    assert result['success'] is False
    assert 'Make coffee.' in result['failure']


def test_evaluation_runs_episodes_on_one_stack(tmp_path: Path) -> None:
    out = tmp_path / 'eval.json'
    code = cli.main(['eval', '--episodes', '2', '--seed', '100', '--out', str(out)])
    result = json.loads(out.read_text())
    assert code == ExitCode.OK, result
    assert result['episodes'] == 2
    assert result['safety_stops'] == 0
    assert [row['seed'] for row in result['rows']] == [100, 101]
    assert sum(task['n'] for task in result['per_task'].values()) == 2
    assert result['real_time_factor'] > 0.9


class Recorder:
    """Keeps everything that is published on some topics, from a thread of its own."""

    def __init__(self, arms: tuple[str, ...]) -> None:
        self.commands: dict[str, list[Float64MultiArray]] = {arm: [] for arm in arms}
        self.safety: list[SafetyState] = []
        self._context = Context()
        rclpy.init(args=[], context=self._context)
        self._node = Node('recorder', context=self._context)
        profile = QoSProfile(depth=1000)
        self._streams: list[tuple[PolledSubscription[Any], list[Any]]] = [
            (PolledSubscription(self._node, Float64MultiArray, command_topic(arm), profile), kept)
            for arm, kept in self.commands.items()]
        self._streams.append(
            (PolledSubscription(self._node, SafetyState, 'safety/state', profile), self.safety))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def hears_all(self) -> bool:
        return all(len(kept) > HEARD for _, kept in self._streams)

    def close(self) -> None:
        self._ended.set()
        self._thread.join(5.0)
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def _run(self) -> None:
        # What a writer left behind goes with it, so it is taken while the writer is there.
        while not self._ended.wait(0.02):
            for subscription, kept in self._streams:
                kept += subscription.take_all(limit=1000)


class PolicyKiller:
    """Ends the policy with SIGKILL once the right arm moves."""

    def __init__(self) -> None:
        self.pid: int | None = None
        self._start: np.ndarray | None = None

    def __call__(self, session: CellSession, _elapsed_s: float) -> None:
        state = session.operator.arm('right')
        if state is None or self.pid is not None or not len(state.commanded):
            return
        commanded = np.asarray(state.commanded)
        if self._start is None:
            self._start = commanded
        elif np.abs(commanded - self._start).max() > MOVED_RAD:
            self.pid = session.runner.pid('policy')
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recorder]]:
    """Recorders that hear the whole cell before it gets its instruction."""
    started: list[Recorder] = []

    class RecordedSession(CellSession):
        def prepare_episode(self, seed: int, instruction: str) -> None:
            recorder = Recorder(self.cell.arms)
            started.append(recorder)
            self.operator.wait(lambda: recorder.hears_all, HEARS_S, 'the recorder hears nothing')
            super().prepare_episode(seed, instruction)

    monkeypatch.setattr(demo_node, 'CellSession', RecordedSession)
    yield started
    for recorder in started:
        recorder.close()


def test_killed_policy_leaves_both_arms_at_rest(
    tmp_path: Path, recorders: list[Recorder]
) -> None:
    killer = PolicyKiller()
    out = tmp_path / 'demo.json'
    said: list[str] = []
    options = DemoOptions(instruction=INSTRUCTION, seed=3, timeout_s=20.0, out=out)

    code = run_demo(load_cell(), options, say=said.append, sink=silent, while_moving=killer)

    assert killer.pid is not None, said[-6:]
    result = json.loads(out.read_text())
    assert code == ExitCode.STACK_FAILED
    assert result['failure'] == 'policy was ended by signal SIGKILL'
    assert result['success'] is False
    assert result['arms_at_rest'] is True
    assert result['safety_stops'] == 1
    assert 'command.' in result['stop_reason']
    assert any('policy was ended by signal SIGKILL' in line for line in said)

    recorder = recorders[0]
    states = recorder.safety
    stopped = [state for state in states if any('command.' in c.id for c in state.causes)]
    assert stopped
    first_stop = states.index(stopped[0])
    assert all(state.latched for state in states[first_stop:])
    assert all(set(state.permits) == {SafetyState.PERMIT_STOP} for state in states[first_stop:])

    for arm, messages in recorder.commands.items():
        check_deceleration(arm, np.array([message.data for message in messages]))


def check_deceleration(arm: str, commands: np.ndarray) -> None:
    """Each command keeps the limits of the arm, and the last ones do not change any more."""
    limits = describe_cell().arm(arm).limits
    velocity = np.diff(commands, axis=0) / PERIOD_S
    acceleration = np.diff(velocity, axis=0) / PERIOD_S
    assert (np.abs(velocity) <= limits.velocity * SLACK + 1e-6).all(), arm
    assert (np.abs(acceleration) <= limits.acceleration * SLACK + 1e-3).all(), arm
    moves = np.abs(velocity).max(axis=1) > 1e-9
    assert moves.any() or arm == 'left'
    at_rest = len(moves) - 1 - int(np.argmax(moves[::-1])) if moves.any() else 0
    assert len(moves) - at_rest > REST_SAMPLES, 'the arm moved until the end'
