# SPDX-License-Identifier: Apache-2.0
"""Carries out the trials: motion, fault, stop, mending, and motion again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.watchdog.faults.fault import Fault
from rho_bringup.bench.watchdog.rig_node import LiveRig
from rho_bringup.bench.watchdog.summary import describe
from rho_bringup.bench.watchdog.summary import summarise
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.watch_settings import joint_limits
from rho_bringup.cell import Cell
from rho_bringup.stack_errors import StackError
from rho_core.contract.limits import JointLimits
from rho_interfaces.msg import ArmState

BEFORE_S = 0.3
STOP_TIMEOUT_S = 1.6
REST_WATCHED_S = 0.25
REFUSAL_WATCHED_S = 0.25
MENDED_WATCHED_S = 0.15
PHASE_S = 0.1
ATTEMPTS = 3
VOID = 10

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do.

    Attributes:
        faults: Faults, in order.
        trials: Trials of each.
    """

    faults: tuple[Fault, ...]
    trials: int


class Campaign:
    """Runs all trials, on as few starts of the cell as possible."""

    def __init__(
        self, cell: Cell, deadlines_ms: Mapping[str, float], context: BenchContext
    ) -> None:
        """Prepare.

        Args:
            cell: The cell, in mode sim, with a policy that keeps both arms in motion.
            deadlines_ms: Deadlines of the watched streams by name.
            context: Where to speak.
        """
        self._cell = cell
        self._deadlines_ms = deadlines_ms
        self._context = context
        self._limits = joint_limits(cell)
        self._results: dict[str, list[TrialResult]] = {}
        self._lost: dict[str, list[str]] = {}
        self._void: dict[str, int] = {}

    def run(self, plan: Plan) -> dict[str, Any]:
        """Run all trials and return the figures by fault.

        A trial that fails because the cell does not come into motion, or is not mended, is
        reported as lost and tried again on a new start; a fault that loses three is given up.
        A trial before which something else stopped the arms is void: it is counted and repeated.
        """
        started_s = time.monotonic()
        self._context.progress.start(
            f'{plan.trials} trials of {len(plan.faults)} faults', started_s)
        for needs_clock in (False, True):
            faults = [one for one in plan.faults if one.needs_clock is needs_clock]
            self._run_all(faults, plan.trials, needs_clock=needs_clock)
        return {fault.name: self._figures(fault) for fault in plan.faults}

    def _run_all(self, faults: Sequence[Fault], trials: int, *, needs_clock: bool) -> None:
        waiting = [fault for fault in faults for _ in range(trials)]
        while waiting:
            try:
                with LiveRig(self._cell, self._deadlines_ms, sink=self._context.sink,
                             has_stepped_clock=needs_clock) as rig:
                    while waiting:
                        result = run_trial(rig, waiting[0], self._limits)
                        if result is not None or self._is_hopeless(waiting[0]):
                            self._keep(waiting[0], result or TrialResult(detected=False))
                            self._end_trial(waiting)
            except StackError as error:
                fault = waiting[0]
                lost = self._lost.setdefault(fault.name, [])
                lost.append(str(error))
                self._context.say(f'  {fault.name}: trial lost, the cell starts again: {error}')
                if len(lost) == ATTEMPTS:
                    waiting = [one for one in waiting if one is not fault]
                    self._context.say(f'  {fault.name}: given up')

    def _is_hopeless(self, fault: Fault) -> bool:
        """Count a trial before which something else stopped the arms; it may be repeated."""
        self._void[fault.name] = self._void.get(fault.name, 0) + 1
        return self._void[fault.name] > VOID

    def _end_trial(self, waiting: list[Fault]) -> None:
        fault = waiting.pop(0)
        if not waiting or waiting[0] is not fault:
            self._context.say('  ' + describe(fault.name, self._figures(fault)))

    def _keep(self, fault: Fault, result: TrialResult) -> None:
        self._results.setdefault(fault.name, []).append(result)

    def _figures(self, fault: Fault) -> dict[str, Any]:
        tree = summarise(self._results.get(fault.name, []), about=fault.about,
                         expected=fault.expected)
        tree['lost_trials'] = self._lost.get(fault.name, [])
        tree['void_trials'] = self._void.get(fault.name, 0)
        return tree


def run_trial(
    rig: LiveRig, fault: Fault, limits: Mapping[str, JointLimits]
) -> TrialResult | None:
    """Run one trial, from motion to the moment at which the arms are released again.

    Returns:
        The verdict, None when something else had stopped the arms before, or the fault did not
        take place as it should have.

    Raises:
        StackError: The cell cannot be brought into motion or mended.
    """
    rig.bring_into_motion()
    rig.wait_at_random(PHASE_S)
    injected_ns = fault.inject(rig)
    if fault.stops_arms:
        _wait_for_stop(rig)
        rig.wait(REST_WATCHED_S)
    else:
        rig.wait(REFUSAL_WATCHED_S)
    # A process that is mended goes on where it was: the arms must not, until the reset.
    fault.undo(rig)
    rig.wait(MENDED_WATCHED_S)
    released_ns = time.time_ns()
    recording = rig.recorder.cut(
        injected_ns=injected_ns,
        begin_ns=injected_ns - round(BEFORE_S * _NS_PER_S),
        end_ns=released_ns,
    )
    fault.restore(rig)
    if not recording.was_moving():
        return None
    return fault.judge(recording, rig, limits)


def _wait_for_stop(rig: LiveRig) -> None:
    """Wait until all arms that still report stand, at most for a while."""
    deadline_s = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline_s:
        rig.wait(0.02)
        states = [rig.recorder.arm(arm) for arm in rig.cell.arms
                  if not rig.recorder.is_silent(f'arm.{arm}')]
        if states and all(state is not None and state.mode == ArmState.MODE_STOPPED
                          for state in states):
            return
