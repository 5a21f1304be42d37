# SPDX-License-Identifier: Apache-2.0
"""Runs the control benchmark on a cell of its own."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.control.c_loop import CLoop
from rho_bringup.bench.control.c_loop import compile_c_loop
from rho_bringup.bench.control.c_loop import find_compiler
from rho_bringup.bench.control.control_report import ControlPart
from rho_bringup.bench.control.control_report import budget_line
from rho_bringup.bench.control.control_report import control_tree
from rho_bringup.bench.control.exercise_node import Exercise
from rho_bringup.bench.control.probe_node import Probe
from rho_bringup.bench.control.skew import command_skew
from rho_bringup.bench.cpu_usage import CpuUsage
from rho_bringup.bench.hog import Hog
from rho_bringup.bench.machine import describe_machine
from rho_bringup.cell import Cell
from rho_bringup.cell_session_node import CellSession
from rho_bringup.node_spec import NodeSpec
from rho_bringup.stack_errors import TooSlow
from rho_ros.loop_stats import LoopStats

SETTLE_S = 3.0
"""Time between a change of the load and the measurement [s]."""

_REPORT_S = 5.0
_C_LOOP_LEAD_S = 0.2
# As the controllers do by default.
_EARLY_NS = 120_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOptions:
    """What the user asked for.

    Attributes:
        seconds: Length of each part [s].
        with_hog: Whether to measure a second time with every core hogged.
    """

    seconds: float
    with_hog: bool


def measure_control(
    cell: Cell, options: ControlOptions, context: BenchContext
) -> BenchResult:
    """Start the cell, keep its arms busy and measure.

    Raises:
        StackError: The cell failed.
        CLoopError: The C loop failed.
    """
    machine = describe_machine()
    with tempfile.TemporaryDirectory(prefix='rho-bench-') as folder:
        compiler = find_compiler()
        program = None if compiler is None else compile_c_loop(Path(folder), compiler)
        if program is None:
            context.say('no C compiler found: measuring without the loop in C')
        context.say('starting the cell')
        with CellSession(cell, sink=context.sink,
                         adapt=lambda spec: _with_window(spec, options.seconds)) as session, \
                Probe(cell) as probe:
            session.wait_ready(lambda text: context.say(f'  {text}'))
            bench = _Measurement(session, probe, options.seconds, program, context)
            bench.begin()
            quiet = bench.measure('the stack alone')
            hog = None
            if options.with_hog:
                with Hog():
                    hog = bench.measure('a hog on every core')
            context.say('shutting down, arms first')
    lines = (*quiet.lines('the stack alone:'),
             *(hog.lines('with a hog on every core:') if hog is not None else ()),
             budget_line(quiet))
    return BenchResult(tree=control_tree(quiet, hog, machine), lines=lines)


class _Measurement:
    """Measures a running cell, part by part."""

    def __init__(
        self, session: CellSession, probe: Probe, seconds: float, program: Path | None,
        context: BenchContext,
    ) -> None:
        self._session = session
        self._probe = probe
        self._seconds = seconds
        self._program = program
        self._context = context
        self._settings = session.cell.controllers
        self._period_ns = round(1e9 / self._settings.rate_hz)
        self._exercise = Exercise(session)
        self._usage = CpuUsage(session.runner.pids())

    def begin(self) -> None:
        """Set the arms in motion."""
        self._exercise.begin()
        self._probe.poll()

    def measure(self, what: str) -> ControlPart:
        """Measure under the present load."""
        progress = self._context.progress
        self._work(SETTLE_S)
        before = self._stats_after(self._probe.now_ns())
        stops = self._session.stops.stops
        reasons = len(self._exercise.stop_reasons)
        c_loop = self._start_c_loop()
        try:
            self._probe.restart()
            started_s = time.monotonic()
            progress.start(what, started_s)
            self._usage.restart(started_s)
            while (elapsed_s := time.monotonic() - started_s) < self._seconds:
                progress.update(elapsed_s, self._seconds, 's', time.monotonic())
                self._work_once()
            cpu_percent = self._usage.percent(time.monotonic())
            skew_ms = self._skew_ms()
            after = self._stats_after(self._probe.now_ns())
            return ControlPart(
                seconds=self._seconds,
                loops={arm: _loop_tree(before[arm], after[arm]) for arm in after},
                skew_ms=skew_ms,
                cpu_percent=cpu_percent,
                geometry_check_ms=_summary(self._probe.geometry_check_ms),
                safety_stops=self._session.stops.stops - stops,
                stop_reasons=tuple(self._exercise.stop_reasons[reasons:]),
                c_loop=None if c_loop is None else c_loop.result(),
            )
        finally:
            if c_loop is not None:
                c_loop.close()

    def _start_c_loop(self) -> CLoop | None:
        if self._program is None:
            return None
        # A quarter of a period before the controllers: beside them, not against them.
        return CLoop(
            self._program, period_ns=self._period_ns, phase_ns=self._period_ns // 4,
            early_ns=_EARLY_NS, priority=self._settings.realtime_priority or 1,
            seconds=max(self._seconds - _C_LOOP_LEAD_S, _C_LOOP_LEAD_S))

    def _work(self, seconds: float) -> None:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._work_once()

    def _work_once(self) -> None:
        self._exercise.poll()
        self._probe.poll()

    def _stats_after(self, stamp_ns: int) -> dict[str, LoopStats]:
        """Return the first statistics of each controller that are newer than a time."""
        arms = self._session.cell.arms
        deadline_s = time.monotonic() + _REPORT_S
        while time.monotonic() < deadline_s:
            self._work_once()
            found = {arm: self._probe.stats.get(f'{arm}_arm_controller') for arm in arms}
            new = {arm: one[1] for arm, one in found.items()
                   if one is not None and one[0] >= stamp_ns}
            if len(new) == len(arms):
                return new
        raise TooSlow(f'no loop statistics of both controllers within {_REPORT_S:g} s')

    def _skew_ms(self) -> Mapping[str, Any]:
        sent_ns = self._probe.sent_ns
        origin_ns = time.time_ns() - time.monotonic_ns()
        return command_skew(
            sent_ns.get('left', ()), sent_ns.get('right', ()), self._period_ns, origin_ns)


def _with_window(spec: NodeSpec, seconds: float) -> NodeSpec:
    if spec.executable != 'arm_controller_node':
        return spec
    return replace(spec, parameters={**spec.parameters, 'stats_window_s': seconds})


def _loop_tree(before: LoopStats, after: LoopStats) -> dict[str, Any]:
    return {
        'wake_late_us': asdict(after.wake_late_us),
        'missed_cycles': after.missed_cycles - before.missed_cycles,
        'tick_us': asdict(after.tick_us),
        'cycles': after.cycles - before.cycles,
        'realtime': after.realtime,
    }


def _summary(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    p50, p99 = np.percentile(values, (50, 99))
    return {'p50': round(float(p50), 4), 'p99': round(float(p99), 4),
            'max': round(max(values), 4)}
