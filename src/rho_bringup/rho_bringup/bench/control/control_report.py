# SPDX-License-Identifier: Apache-2.0
"""The figures of the control benchmark as plain data and as lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from rho_bringup.bench.control.c_loop import CLoopResult

BUDGET_P99_9_US = 100.0
"""Wake lateness that the control loops must keep in 99.9 % of the cycles [us]."""

_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPart:
    """What was measured under one load.

    Attributes:
        seconds: Length of the measurement [s].
        loops: Per arm cycles, missed_cycles, realtime, wake_late_us and tick_us.
        skew_ms: Left/right skew of the commands.
        cpu_percent: Share of one core by process [%].
        geometry_check_ms: p50, p99 and max of the geometry guard's checks, None: no guard.
        safety_stops: Stops during the measurement.
        stop_reasons: Why, in order.
        c_loop: The loop in plain C that ran beside, None: there is no compiler.
    """

    seconds: float
    loops: Mapping[str, Mapping[str, Any]]
    skew_ms: Mapping[str, Any]
    cpu_percent: Mapping[str, float]
    geometry_check_ms: Mapping[str, Any] | None
    safety_stops: int
    stop_reasons: tuple[str, ...] = ()
    c_loop: CLoopResult | None = field(default=None)

    @property
    def worst_p99_9_us(self) -> float:
        """Largest p99.9 of the arms' wake lateness [us]."""
        return max(float(loop['wake_late_us']['p99_9']) for loop in self.loops.values())

    @property
    def missed_cycles(self) -> int:
        """Missed cycles of all arms."""
        return sum(int(loop['missed_cycles']) for loop in self.loops.values())

    @property
    def ratio(self) -> float | None:
        """p99.9 of the worst arm over that of the C loop, None: there is none."""
        if self.c_loop is None or not self.c_loop.wake_late_us['p99_9'] > 0:
            return None
        return round(self.worst_p99_9_us / self.c_loop.wake_late_us['p99_9'], 2)

    def tree(self) -> dict[str, Any]:
        """Return the part as plain data, one key per arm."""
        c_loop = None
        if self.c_loop is not None:
            c_loop = {**self.c_loop.tree(), 'ratio_p99_9': self.ratio}
        return {
            **{arm: dict(loop) for arm, loop in self.loops.items()},
            'skew_ms': dict(self.skew_ms),
            'c_loop': c_loop,
            'watchdog_cpu_percent': self.cpu_percent.get('watchdog'),
            'cpu_percent': dict(self.cpu_percent),
            'geometry_check_ms': self.geometry_check_ms,
            'safety_stops': self.safety_stops,
            'stop_reasons': list(self.stop_reasons),
            'seconds': self.seconds,
        }

    def lines(self, title: str) -> tuple[str, ...]:
        """Return the figures that matter for a person."""
        said = [title]
        for arm, loop in self.loops.items():
            late, tick = loop['wake_late_us'], loop['tick_us']
            said.append(
                f'  {arm}: wake late p50 {late["p50"]:.0f}, p99 {late["p99"]:.0f}, '
                f'p99.9 {late["p99_9"]:.0f}, max {late["max"]:.0f} us; missed '
                f'{loop["missed_cycles"]} of {loop["cycles"]}; tick p50 {tick["p50"]:.0f}, '
                f'p99.9 {tick["p99_9"]:.0f} us; {loop["realtime"]}')
        if self.c_loop is not None:
            late = self.c_loop.wake_late_us
            said.append(
                f'  plain C: p50 {late["p50"]:.0f}, p99 {late["p99"]:.0f}, p99.9 '
                f'{late["p99_9"]:.0f}, max {late["max"]:.0f} us; ratio of p99.9 {self.ratio}')
        said.append(
            f'  skew p99 {self.skew_ms["p99"]} ms, watchdog '
            f'{self.cpu_percent.get("watchdog")} % of a core, safety stops {self.safety_stops}')
        said += [f'  stopped by {reason}' for reason in self.stop_reasons[:_REASONS]]
        return tuple(said)


def control_tree(
    quiet: ControlPart, hog: ControlPart | None, machine: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the whole result as plain data: the part without the hog at the top."""
    return {**quiet.tree(), 'hog': None if hog is None else hog.tree(), 'machine': dict(machine)}


def budget_line(part: ControlPart) -> str:
    """Return how the part without a hog stands to the budget."""
    is_met = part.worst_p99_9_us <= BUDGET_P99_9_US and part.missed_cycles == 0
    return (f'budget: p99.9 <= {BUDGET_P99_9_US:.0f} us and no missed cycle: '
            f'{"met" if is_met else "NOT met"} ({part.worst_p99_9_us:.0f} us, '
            f'{part.missed_cycles} missed)')
