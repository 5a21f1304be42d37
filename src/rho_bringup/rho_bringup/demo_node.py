# SPDX-License-Identifier: Apache-2.0
"""Carries out `rho demo`: one instruction from a cold start, measured and judged from outside."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rho_bringup.cell import Cell
from rho_bringup.cell_session_node import CellSession
from rho_bringup.demo_report import DemoReport
from rho_bringup.episodes.episode import Episode
from rho_bringup.episodes.episode import EpisodeEnd
from rho_bringup.episodes.episode import Verdict
from rho_bringup.episodes.reports import write_json
from rho_bringup.exit_codes import ExitCode
from rho_bringup.picture import Picture
from rho_bringup.picture import draw_cell
from rho_bringup.picture import save_picture
from rho_bringup.runner.output_pump import LineSink
from rho_bringup.stack_errors import NodeDied
from rho_bringup.stack_errors import StackError

Say = Callable[[str], None]
WhileMoving = Callable[[CellSession, float], None]

STOP_TIMEOUT_S = 1.0
"""Time that the watchdog gets to notice a dead node before we look at the arms."""

REST_WATCHED_S = 0.5
"""Time for which the arms are watched at rest: nothing may move them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the user asked for.

    Attributes:
        instruction: What the policy is told.
        seed: Scene.
        timeout_s: Time until success.
        out: File for the JSON result, None: none.
        picture: File for a picture of the cell in the end, None: none.
    """

    instruction: str
    seed: int
    timeout_s: float
    out: Path | None = None
    picture: Path | None = None


def _nothing(_session: CellSession, _elapsed_s: float) -> None:
    return None


def run_demo(
    cell: Cell,
    options: DemoOptions,
    *,
    say: Say,
    sink: LineSink,
    while_moving: WhileMoving = _nothing,
) -> ExitCode:
    """Run the demo, report to a person and to a file, and return the exit code.

    Args:
        cell: A cell in mode sim.
        options: What the user asked for.
        say: Takes lines for a person.
        sink: Takes (node, line) for every line that a node prints.
        while_moving: Called at every poll with the seconds since the instruction; tests use it
            to break something.
    """
    report = DemoReport(instruction=options.instruction, seed=options.seed)
    started_s = time.monotonic()
    say(f'starting the cell (seed {options.seed})')
    try:
        with CellSession(cell, sink=sink) as session:
            _run_episode(session, options, report, say, while_moving)
            report.duration_s = time.monotonic() - started_s
            if options.picture is not None:
                say(save_picture(_draw(session, cell, options), options.picture))
            say('shutting down, arms first')
    except StackError as error:
        _note_failure(report, error, say)
    if options.out is not None:
        write_json(options.out, report.tree())
        say(f'result written to {options.out}')
    return _verdict(report, say)


def _run_episode(
    session: CellSession,
    options: DemoOptions,
    report: DemoReport,
    say: Say,
    while_moving: WhileMoving,
) -> None:
    """Run the episode on a starting cell and fill the report, whatever happens."""
    operator = session.operator
    try:
        session.wait_ready(lambda text: say(f'  {text}'))
        session.prepare_episode(options.seed, options.instruction)
        say(f'instruction: "{options.instruction}"')
        operator.restart_meters()
        operator.instruct(options.instruction)
        report.end = watch_episode(session, Episode(timeout_s=options.timeout_s), while_moving)
        say(f'  {report.end.verdict.value}: {report.end.detail}')
    except StackError as error:
        _note_failure(report, error, say)
    _measure(session, report)
    # Whatever happened, see how the arms end: a dead node must not keep us from looking.
    operator.set_check(lambda: None)
    operator.instruct('')
    with contextlib.suppress(StackError):
        if report.failure_kind == 'node died':
            operator.wait(lambda: session.stop_reason() is not None, STOP_TIMEOUT_S, 'no stop')
    report.arms_at_rest = session.come_to_rest(REST_WATCHED_S)
    report.stop_reason = report.stop_reason or session.stop_reason()
    report.safety_stops = session.stops.stops


def watch_episode(
    session: CellSession,
    episode: Episode,
    while_moving: WhileMoving = _nothing,
) -> EpisodeEnd:
    """Poll until the episode ends.

    Raises:
        StackError: The stack did not stay whole.
    """
    started_s = time.monotonic()
    while True:
        elapsed_s = time.monotonic() - started_s
        while_moving(session, elapsed_s)
        session.operator.poll()
        end = episode.update(elapsed_s, session.operator.score, session.stop_reason())
        if end is not None:
            return end


def _measure(session: CellSession, report: DemoReport) -> None:
    operator = session.operator
    report.rates_hz = operator.rates_hz()
    report.inference_ms = {name: tuple(values) for name, values in operator.inference_ms.items()}
    if operator.score is not None:
        report.real_time_factor = operator.score.real_time_factor
    report.stop_reason = session.stop_reason()


def _draw(session: CellSession, cell: Cell, options: DemoOptions) -> Picture | None:
    operator = session.operator
    cameras = [operator.picture(name) for name in cell.cameras]
    arms = [operator.arm(name) for name in cell.arms]
    if any(one is None for one in (*cameras, *arms)):
        return None
    positions = [value for arm in arms if arm is not None for value in arm.measured]
    return draw_cell(options.seed, options.instruction, positions,
                     [image for image in cameras if image is not None])


def _note_failure(report: DemoReport, error: StackError, say: Say) -> None:
    if report.failure is None:
        report.failure = str(error)
        report.failure_kind = 'node died' if isinstance(error, NodeDied) else 'stack'
    if isinstance(error, NodeDied):
        for end in error.exits:
            say(end.report())
    else:
        say(f'  {error}')


def _verdict(report: DemoReport, say: Say) -> ExitCode:
    rest = 'both arms at rest' if report.arms_at_rest else 'the arms were NOT seen at rest'
    if report.failure is not None:
        say(f'FAILED: {report.failure}; watchdog: {report.stop_reason or "no stop"}; {rest}')
        return ExitCode.STACK_FAILED
    if report.safety_stops or (
            report.end is not None and report.end.verdict is Verdict.SAFETY_STOP):
        say(f'SAFETY STOP: {report.stop_reason}; {rest}')
        return ExitCode.SAFETY_STOP
    if not report.success:
        detail = report.end.detail if report.end is not None else 'no result'
        say(f'NOT DONE: {detail}; {rest}')
        return ExitCode.NOT_DONE
    assert report.end is not None
    say(f'SUCCESS after {report.end.time_to_success_s:.1f} s, real-time factor '
        f'{report.real_time_factor:.2f}, no safety stop, {rest}')
    return ExitCode.OK
