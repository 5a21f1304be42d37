# SPDX-License-Identifier: Apache-2.0
"""Carries out `rho eval`: many episodes, one after the other, on one running stack."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rho_bringup.cell import Cell
from rho_bringup.cell_session_node import CellSession
from rho_bringup.demo_node import watch_episode
from rho_bringup.episodes.episode import Episode
from rho_bringup.episodes.episode import EpisodeEnd
from rho_bringup.episodes.episode import Verdict
from rho_bringup.episodes.reports import EpisodeRow
from rho_bringup.episodes.reports import evaluation_tree
from rho_bringup.episodes.reports import write_json
from rho_bringup.episodes.suites import Task
from rho_bringup.exit_codes import ExitCode
from rho_bringup.homing_node import is_home
from rho_bringup.homing_node import send_home
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.stack_errors import NodeDied
from rho_bringup.stack_errors import StackError
from rho_bringup.stack_errors import TooSlow
from rho_interfaces.msg import PolicyStatus

Say = Callable[[str], None]

HOME_TIMEOUT_S = 60.0
POLICY_IDLE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalOptions:
    """What the user asked for.

    Attributes:
        tasks: Episodes in order.
        timeout_s: Time until success, per episode.
        out: File for the JSON result, None: none.
    """

    tasks: tuple[Task, ...]
    timeout_s: float
    out: Path | None = None


def run_eval(cell: Cell, options: EvalOptions, *, say: Say, sink: LineSink) -> ExitCode:
    """Run all episodes, report to a person and to a file, and return the exit code.

    A failed episode is a result and not an error; a stack that fails is one, and the episodes
    that were finished before are still reported.

    Args:
        cell: A cell in mode sim.
        options: What the user asked for.
        say: Takes lines for a person.
        sink: Takes (node, line) for every line that a node prints.
    """
    evaluation = Evaluation(options, say=say)
    failure: StackError | None = None
    say(f'starting the cell for {len(options.tasks)} episodes')
    try:
        with CellSession(cell, sink=sink) as session:
            session.wait_ready(lambda text: say(f'  {text}'))
            evaluation.run(session)
            say('shutting down, arms first')
    except StackError as error:
        failure = error
        for end in error.exits if isinstance(error, NodeDied) else ():
            say(end.report())
    tree = {**evaluation.tree(), 'failure': None if failure is None else str(failure)}
    if options.out is not None:
        write_json(options.out, tree)
        say(f'result written to {options.out}')
    low, high = tree['wilson_95']
    say(f'{tree["successes"]} of {tree["episodes"]} episodes succeeded (95 % interval '
        f'{low:.2f} to {high:.2f}), {tree["safety_stops"]} safety stops, real-time factor '
        f'{tree["real_time_factor"]:.2f}')
    if failure is not None:
        say(f'FAILED: {failure}')
        return ExitCode.STACK_FAILED
    return ExitCode.OK


class Evaluation:
    """Runs episodes on a cell and keeps their results."""

    def __init__(self, options: EvalOptions, *, say: Say) -> None:
        """Start without results."""
        self._options = options
        self._say = say
        self._rows: list[EpisodeRow] = []
        self._stops = 0
        self._sim_s = 0.0
        self._wall_s = 0.0

    def tree(self) -> dict[str, Any]:
        """Return the results so far as plain data."""
        factor = self._sim_s / self._wall_s if self._wall_s > 0 else math.nan
        return evaluation_tree(self._rows, safety_stops=self._stops,
                               real_time_factor=round(factor, 4))

    def run(self, session: CellSession) -> None:
        """Run all episodes.

        Raises:
            StackError: The stack did not stay whole or the arms do not come home.
        """
        for number, task in enumerate(self._options.tasks):
            if number:
                self._go_home(session)
            end = self._run_one(session, task)
            self._rows.append(EpisodeRow(seed=task.seed, instruction=task.instruction, end=end))
            self._stops = session.stops.stops
            self._say(f'  {number + 1}/{len(self._options.tasks)} seed {task.seed} '
                      f'{task.instruction} -> {end.verdict.value}: {end.detail}')

    def _run_one(self, session: CellSession, task: Task) -> EpisodeEnd:
        session.prepare_episode(task.seed, task.instruction)
        session.operator.instruct(task.instruction)
        end = watch_episode(session, Episode(timeout_s=self._options.timeout_s))
        score = session.operator.score
        if score is not None:
            self._sim_s += score.sim_time_s
            self._wall_s += score.wall_time_s
        session.operator.instruct('')
        session.wait_at_rest()
        if end.verdict is not Verdict.SAFETY_STOP and (reason := session.stop_reason()):
            # A stop while the arms came to rest spoils the episode too.
            return EpisodeEnd(verdict=Verdict.SAFETY_STOP, detail=reason)
        return end

    def _go_home(self, session: CellSession) -> None:
        """Bring both arms home slowly; after a stop on the way, release them and go on."""
        deadline_s = time.monotonic() + HOME_TIMEOUT_S
        why = ''
        while time.monotonic() < deadline_s:
            try:
                session.release_arms()
                session.operator.wait(
                    lambda: session.policy_mode() not in (None, PolicyStatus.MODE_RUNNING),
                    POLICY_IDLE_TIMEOUT_S, 'the policy does not rest')
                longest_s = send_home(session)
                session.operator.wait(
                    lambda: is_home(session) or session.stop_reason() is not None,
                    longest_s + 2.0, 'the arms do not come home')
                reason = session.stop_reason()
                if reason is None:
                    return
                why = reason
            except TooSlow as error:
                why = str(error)
            self._say(f'  on the way home: {why}')
        raise TooSlow(f'the arms are not home within {HOME_TIMEOUT_S:g} s: {why}')
