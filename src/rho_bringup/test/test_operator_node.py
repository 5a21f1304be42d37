# SPDX-License-Identifier: Apache-2.0
"""Tests of operator, session, demo and evaluation with a cell in one process over real DDS."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('rho_interfaces')


from rho_bringup import demo_node
from rho_bringup import eval_node
from rho_bringup.cell_file import load_cell
from rho_bringup.cell_session_node import CellSession
from rho_bringup.cell_session_node import describe_causes
from rho_bringup.demo_node import DemoOptions
from rho_bringup.demo_node import run_demo
from rho_bringup.episodes.suites import Task
from rho_bringup.eval_node import EvalOptions
from rho_bringup.eval_node import Evaluation
from rho_bringup.eval_node import run_eval
from rho_bringup.exit_codes import ExitCode
from rho_bringup.fake_cell_node import PERIOD_S
from rho_bringup.fake_cell_node import FakeCell
from rho_bringup.operator_node import Operator
from rho_bringup.runner.process_exit import ProcessExit
from rho_bringup.stack_errors import NodeDied
from rho_bringup.stack_errors import StackError
from rho_bringup.stack_errors import TooSlow
from rho_bringup.terminal import silent
from rho_description import cell as describe_cell
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import SafetyCause
from rho_interfaces.msg import SafetyState
from rho_ros.testing import ros_context
from rho_ros.testing import spinning

pytestmark = pytest.mark.graph


class FakeRunner:
    """A runner whose processes end when a test says so."""

    def __init__(self) -> None:
        self.exits: tuple[ProcessExit, ...] = ()

    def ended(self) -> tuple[ProcessExit, ...]:
        return self.exits


class FakeSession(CellSession):
    """A session on a cell that runs already."""

    def __enter__(self) -> 'FakeSession':
        self.runner = FakeRunner()  # type: ignore[assignment]
        self.operator = Operator(self.cell, check=self.check_processes)
        self._resources.push(self.operator)
        return self


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCell]:
    with ros_context() as context:
        monkeypatch.setenv('ROS_DOMAIN_ID', str(context.get_domain_id()))
        monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        node = FakeCell(context)
        with spinning(node, context=context):
            yield node


@pytest.fixture
def session(fake: FakeCell) -> Iterator[FakeSession]:
    with FakeSession(load_cell(), sink=silent) as session:
        yield session


def test_ready_is_waited_for_and_progress_is_told(fake: FakeCell, session: FakeSession) -> None:
    said: list[str] = []
    fake.bringup = 'starting: configure policy'

    def note(text: str) -> None:
        said.append(text)
        fake.bringup = 'ready'

    session.wait_ready(note)
    assert said == ['starting: configure policy', 'ready']


def test_failed_bring_up_is_raised_with_its_reason(fake: FakeCell, session: FakeSession) -> None:
    fake.bringup = 'failed: policy: configure: refused'
    with pytest.raises(StackError, match='policy: configure: refused'):
        session.wait_ready()


def test_dead_node_ends_every_wait(session: FakeSession) -> None:
    session.runner.exits = (  # type: ignore[attr-defined]
        ProcessExit(name='policy', code=-9, last_lines=('x',)),)
    with pytest.raises(NodeDied, match='policy was ended by signal SIGKILL'):
        session.operator.wait(lambda: False, 5.0, 'never')


def test_wait_has_a_deadline(session: FakeSession) -> None:
    with pytest.raises(TooSlow, match=r'the moon: not within 0\.2 s'):
        session.operator.wait(lambda: False, 0.2, 'the moon')


def test_episode_is_prepared_although_the_arms_are_stopped(
    fake: FakeCell, session: FakeSession
) -> None:
    fake.stop()
    fake.refuses_reset = 2
    session.prepare_episode(7, 'Push it.')
    assert fake.seeds == [7]
    assert not fake.latched
    assert session.stop_reason() is None
    assert session.stops.stops == 0


def test_arm_that_stopped_by_itself_is_released_too(
    fake: FakeCell, session: FakeSession
) -> None:
    session.prepare_episode(7, 'Push it.')
    fake.arms['left'].mode = ArmState.MODE_STOPPED
    fake.arms['left'].reason = 'tracking'
    session.operator.wait(lambda: session.stop_reason() is not None, 5.0, 'the stop')
    assert session.stop_reason() == 'left arm: tracking'
    assert session.stops.stops == 1
    session.release_arms()
    session.operator.wait(lambda: session.stop_reason() is None, 5.0, 'the release')


def test_refused_scene_is_an_error(session: FakeSession) -> None:
    with pytest.raises(StackError, match=r'unknown: Make coffee\.'):
        session.prepare_episode(7, 'Make coffee.')


def test_rates_and_inference_times_are_measured_from_the_restart(
    fake: FakeCell, session: FakeSession
) -> None:
    session.prepare_episode(7, 'Push it.')
    session.operator.restart_meters()
    session.operator.instruct('Push it.')
    session.operator.wait(lambda: len(session.operator.inference_ms['action']) > 5, 5.0, 'status')
    rates = session.operator.rates_hz()
    assert 0.3 / PERIOD_S < rates['safety/state'] < 3.0 / PERIOD_S
    assert rates['joint_states'] == 0.0
    assert set(session.operator.inference_ms['context']) == {4.0}
    assert session.operator.picture('front') is None


def test_causes_are_told_in_the_order_they_came() -> None:
    late = SafetyCause(id='camera.front.late', detail='too old')
    late.since.sec = 2
    first = SafetyCause(id='joint_states.late')
    first.since.sec = 1
    assert describe_causes(SafetyState(causes=[late, first])) == (
        'joint_states.late; camera.front.late (too old)')
    assert describe_causes(SafetyState()) == 'no cause given'


def tasks(count: int) -> tuple[Task, ...]:
    return tuple(Task(seed=100 + i, instruction=f'Push {i}.') for i in range(count))


def evaluation(count: int, timeout_s: float = 5.0) -> Evaluation:
    return Evaluation(EvalOptions(tasks=tasks(count), timeout_s=timeout_s), say=lambda _text: None)


def test_arms_go_home_slowly_between_episodes(fake: FakeCell, session: FakeSession) -> None:
    run = evaluation(2)
    moved = describe_cell().arm('right').home + 0.3
    moved[-1] = 0.02
    session.prepare_episode(1, 'Push 0.')
    session.operator.instruct('Push 0.')
    fake.arms['right'].commanded = moved.tolist()
    session.operator.wait(
        lambda: np.allclose(session.operator.arm('right').commanded, moved), 5.0, 'motion')
    session.operator.instruct('')
    run._go_home(session)

    arm, message = next(one for one in fake.trajectories if one[0] == 'right')
    limits = describe_cell().arm(arm).limits
    knots = np.array([point.positions for point in message.points])
    assert np.allclose(knots[0], moved)
    assert np.array_equal(knots[-1], describe_cell().arm(arm).home)
    assert not np.any(message.points[-1].velocities)
    assert (np.abs(np.diff(knots, axis=0)) / 0.1 <= 0.25 * limits.velocity + 1e-9).all()


def test_evaluation_counts_successes_on_one_cell(fake: FakeCell, session: FakeSession) -> None:
    run = evaluation(2)
    run.run(session)
    tree = run.tree()
    assert (tree['episodes'], tree['successes'], tree['safety_stops']) == (2, 2, 0)
    assert tree['real_time_factor'] == 2.0
    assert fake.seeds == [100, 101]
    session.operator.wait(lambda: fake.instruction == '', 5.0, 'the end of the instruction')


def test_evaluation_goes_on_after_a_stop(fake: FakeCell, session: FakeSession) -> None:
    run = evaluation(2)

    def stop_the_first(text: str) -> None:
        if text == 'Push 0.':
            fake.stop()

    fake.on_instruction = stop_the_first
    run.run(session)
    rows = run.tree()['rows']
    assert [row['verdict'] for row in rows] == ['safety stop', 'success']
    assert 'camera.front.late' in rows[0]['detail']
    assert run.tree()['safety_stops'] == 1


def run_evaluation(tmp_path: Path, count: int) -> tuple[ExitCode, dict[str, object], str]:
    out = tmp_path / 'eval.json'
    said: list[str] = []
    code = run_eval(load_cell(), EvalOptions(tasks=tasks(count), timeout_s=5.0, out=out),
                    say=said.append, sink=silent)
    return code, json.loads(out.read_text()), '\n'.join(said)


def test_evaluation_is_written_and_told(
    fake: FakeCell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake.pushes_button = True
    monkeypatch.setattr(eval_node, 'CellSession', FakeSession)
    code, result, said = run_evaluation(tmp_path, 1)
    assert code == ExitCode.OK
    assert (result['successes'], result['failure']) == (1, None)
    assert '1 of 1 episodes succeeded' in said


def test_evaluation_keeps_what_was_done_before_a_node_died(
    fake: FakeCell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class DyingSession(FakeSession):
        def prepare_episode(self, seed: int, instruction: str) -> None:
            if fake.seeds:
                self.runner.exits = (  # type: ignore[attr-defined]
                    ProcessExit(name='sim', code=1, last_lines=('gone',)),)
            super().prepare_episode(seed, instruction)

    monkeypatch.setattr(eval_node, 'CellSession', DyingSession)
    code, result, said = run_evaluation(tmp_path, 3)
    assert code == ExitCode.STACK_FAILED
    assert (result['episodes'], result['successes']) == (1, 1)
    assert result['failure'] == 'sim ended with exit code 1'
    assert 'gone' in said


@pytest.fixture
def demo(
    fake: FakeCell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[ExitCode, dict[str, object], str]]:
    monkeypatch.setattr(demo_node, 'CellSession', FakeSession)

    def run(**options: object) -> tuple[ExitCode, dict[str, object], str]:
        out = tmp_path / 'demo.json'
        said: list[str] = []
        hook = options.pop('while_moving', demo_node._nothing)
        values = {'instruction': 'Push it.', 'seed': 3, 'timeout_s': 5.0, 'out': out, **options}
        code = run_demo(load_cell(), DemoOptions(**values), say=said.append, sink=silent,
                        while_moving=hook)
        return code, json.loads(out.read_text()), '\n'.join(said)

    return run


Demo = Callable[..., tuple[ExitCode, dict[str, object], str]]


def test_demo_reports_success(demo: Demo, tmp_path: Path) -> None:
    code, result, said = demo(picture=tmp_path / 'x.png')
    assert code == ExitCode.OK
    assert (result['success'], result['time_to_success_s']) == (True, 0.5)
    assert 'SUCCESS after 0.5 s' in said
    assert 'no picture was received' in said


def test_demo_reports_what_was_not_done(fake: FakeCell, demo: Demo) -> None:
    fake.pushes_button = False
    code, result, said = demo(timeout_s=0.3)
    assert (code, result['success'], result['verdict']) == (ExitCode.NOT_DONE, False, 'timeout')
    assert 'NOT DONE' in said


def test_demo_reports_a_safety_stop(fake: FakeCell, demo: Demo) -> None:
    def stop_once(_session: CellSession, _elapsed_s: float) -> None:
        if not fake.latched:
            fake.stop()

    code, result, said = demo(while_moving=stop_once)
    assert (code, result['safety_stops']) == (ExitCode.SAFETY_STOP, 1)
    assert result['stop_reason'] == 'camera.front.late (too old)'
    assert 'SAFETY STOP' in said


def test_demo_reports_a_dead_node_and_how_the_arms_ended(fake: FakeCell, demo: Demo) -> None:
    def kill(session: CellSession, _elapsed_s: float) -> None:
        session.runner.exits = (  # type: ignore[attr-defined]
            ProcessExit(name='policy', code=-9, last_lines=('last words',)),)
        fake.stop()

    code, result, said = demo(while_moving=kill)
    assert (code, result['failure_kind']) == (ExitCode.STACK_FAILED, 'node died')
    assert (result['safety_stops'], result['arms_at_rest']) == (1, True)
    assert 'last words' in said


def test_demo_reports_an_unknown_instruction(demo: Demo) -> None:
    code, result, _ = demo(instruction='Make coffee.')
    assert code == ExitCode.STACK_FAILED
    assert 'Make coffee.' in str(result['failure'])
