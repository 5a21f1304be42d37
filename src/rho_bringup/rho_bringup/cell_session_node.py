# SPDX-License-Identifier: Apache-2.0
"""A running simulated cell with an operator: what demo, eval and end-to-end tests use."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from rho_bringup.bringup_state import Phase
from rho_bringup.cell import Cell
from rho_bringup.environment import stack_environment
from rho_bringup.episodes.stop_counter import StopCounter
from rho_bringup.node_spec import NodeSpec
from rho_bringup.operator_node import Operator
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.runner.runner import Runner
from rho_bringup.specs import node_specs
from rho_bringup.stack_errors import NodeDied
from rho_bringup.stack_errors import StackError
from rho_bringup.stack_errors import TooSlow
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_ros.domain import free_domain_id
from rho_ros.realtime import raise_middleware_threads

READY_TIMEOUT_S = 90.0
REARM_TIMEOUT_S = 20.0
# Near each other, arms follow the end of their last path slowly.
REST_TIMEOUT_S = 12.0
REST_VELOCITY = 1e-3
"""Commanded speed under which an arm is at rest [rad/s, m/s]."""


def _as_it_is(spec: NodeSpec) -> NodeSpec:
    return spec


class CellSession:
    """Starts a cell in a ROS domain of its own and ends it again. Use as a context manager."""

    def __init__(
        self,
        cell: Cell,
        *,
        sink: LineSink,
        adapt: Callable[[NodeSpec], NodeSpec] = _as_it_is,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            cell: A cell in mode sim.
            sink: Takes (node, line) for every line that a node prints.
            adapt: Changes nodes before they start, as benchmarks do.
        """
        self.cell = cell
        self._adapt = adapt
        self.stops = StopCounter()
        self._sink = sink
        self._resources = ExitStack()

    def __enter__(self) -> 'CellSession':
        """Start all processes and join the graph."""
        domain_id = None if 'ROS_DOMAIN_ID' in os.environ else free_domain_id()
        os.environ.update(stack_environment(os.environ, domain_id=domain_id))
        with ExitStack() as resources:
            folder = resources.enter_context(tempfile.TemporaryDirectory(prefix='rho-'))
            self.runtime_dir = Path(folder)
            specs = [self._adapt(spec)
                     for spec in node_specs(self.cell, runtime_dir=self.runtime_dir)]
            # Started before this process joins the graph: a fork must not copy its threads.
            self.runner = resources.enter_context(
                Runner(specs, runtime_dir=self.runtime_dir, sink=self._sink))
            self.operator = resources.enter_context(
                Operator(self.cell, check=self.check_processes))
            # The controllers' writes must not wait for somebody who only looks on.
            raise_middleware_threads()
            # The stack ends first: a client that leaves in the middle of a call holds up others.
            resources.callback(self.runner.stop)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes, arms first."""
        self._resources.close()

    def check_processes(self) -> None:
        """Raise when a process has ended.

        Raises:
            NodeDied: It names the process and carries its last lines.
        """
        exits = self.runner.ended()
        if exits:
            raise NodeDied(exits)

    def wait_ready(self, on_progress: Callable[[str], None] = lambda _text: None) -> None:
        """Wait until the lifecycle manager reports that the cell is ready.

        Raises:
            StackError: Bring-up failed, a node died or it took too long.
        """
        said = ''

        def is_ready() -> bool:
            nonlocal said
            state = self.operator.bringup
            if state is None:
                return False
            if state.to_text() != said:
                said = state.to_text()
                on_progress(said)
            if state.phase is Phase.FAILED:
                raise StackError(f'bring-up failed: {state.detail}')
            return state.phase is Phase.READY

        self.operator.wait(is_ready, READY_TIMEOUT_S, 'bring-up')

    def prepare_episode(self, seed: int, instruction: str) -> None:
        """Put the scene into its start state and see that arms and policy may work.

        Raises:
            StackError: Something does not become ready.
        """
        operator = self.operator
        operator.reset_scene(seed, instruction)
        self.release_arms()
        operator.wait(lambda: self.policy_mode() == PolicyStatus.MODE_IDLE, REARM_TIMEOUT_S,
                      'the policy is not idle')
        operator.wait(lambda: operator.score is not None, REARM_TIMEOUT_S, 'no score')
        safety = operator.safety
        assert safety is not None
        self.stops.arm(safety.epoch)

    def stop_reason(self) -> str | None:
        """Return why an arm is stopped, None when none is; counts the stop."""
        safety = self.operator.safety
        if safety is None:
            return None
        by_itself = [f'{arm} arm: {state.reason}' for arm, state in self._arm_states()
                     if state.mode in (ArmState.MODE_STOPPING, ArmState.MODE_STOPPED)]
        is_stopped = bool(safety.latched or by_itself)
        self.stops.update(safety.epoch, is_stopped=is_stopped)
        if safety.latched:
            return describe_causes(safety)
        return '; '.join(by_itself) or None

    def wait_at_rest(self, timeout_s: float = REST_TIMEOUT_S) -> None:
        """Wait until no arm is commanded to move.

        Raises:
            TooSlow: An arm still moves.
        """
        self.operator.wait(self.arms_at_rest, timeout_s, 'the arms do not come to rest')

    def come_to_rest(self, watched_s: float) -> bool:
        """Wait until no arm is commanded to move and return whether that lasts."""
        try:
            self.wait_at_rest()
        except TooSlow:
            return False
        end_s = time.monotonic() + watched_s
        while time.monotonic() < end_s:
            self.operator.poll()
            if not self.arms_at_rest():
                return False
        return True

    def arms_at_rest(self) -> bool:
        """Whether no arm is commanded to move."""
        states = self._arm_states()
        return len(states) == len(self.cell.arms) and all(
            state.mode not in (ArmState.MODE_MOVING, ArmState.MODE_STOPPING)
            and all(abs(value) <= REST_VELOCITY for value in state.velocity)
            for _, state in states
        )

    def _arm_states(self) -> list[tuple[str, ArmState]]:
        states = [(name, self.operator.arm(name)) for name in self.cell.arms]
        return [(name, state) for name, state in states if state is not None]

    def policy_mode(self) -> int | None:
        """Mode of the policy, None: unknown."""
        status = self.operator.policy
        return None if status is None else int(status.mode)

    def release_arms(self) -> None:
        """Release the arms, also when one has stopped by itself.

        Raises:
            TooSlow: They stay stopped; the message says why.
        """
        deadline_s = time.monotonic() + REARM_TIMEOUT_S
        why: str | None = None
        while time.monotonic() < deadline_s:
            self.operator.poll()
            reason = self._why_not_released()
            if reason is None:
                return
            why = self.operator.try_rearm() or reason
        raise TooSlow(f'the arms are not released within {REARM_TIMEOUT_S:g} s: {why}')

    def _why_not_released(self) -> str | None:
        safety = self.operator.safety
        states = self._arm_states()
        if safety is None or len(states) < len(self.cell.arms):
            return 'watchdog or controllers say nothing'
        stopped = [f'{arm} arm: {state.reason}' for arm, state in states
                   if state.mode not in (ArmState.MODE_IDLE, ArmState.MODE_MOVING)]
        # Arms that go slowly, because they are near each other, are released too.
        if safety.latched or safety.mode not in (
                SafetyState.PERMIT_RUN, SafetyState.PERMIT_SLOW):
            return describe_causes(safety)
        return '; '.join(stopped) or None


def describe_causes(safety: SafetyState) -> str:
    """Return the causes of a safety state in one line, the first one seen leads."""
    ordered = sorted(safety.causes, key=lambda cause: (cause.since.sec, cause.since.nanosec))
    said = [f'{cause.id} ({cause.detail})' if cause.detail else cause.id for cause in ordered]
    return '; '.join(said) or 'no cause given'
