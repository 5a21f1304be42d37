# SPDX-License-Identifier: Apache-2.0
"""Two arms and their watchdog together: coupled arms stop as one, and rest until a reset."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.motion.measurement import Measurement
from rho_core.motion.mode import ArmMode
from rho_core.motion.testing import Bench as ArmBench
from rho_core.properties import SAFETY_CASES
from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit
from rho_core.safety.testing import ARMS
from rho_core.safety.testing import CLEAR
from rho_core.safety.testing import RULES
from rho_core.safety.testing import SENSORS
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.observation import Observation

RATES = {'left': 1.0, 'right': 2.3}
REPORT_EVERY = 10
DECIDE_EVERY = 4
COMMAND_EVERY = 10


@dataclass
class Row:
    """What both arms did in one cycle of 2 ms."""

    scales: tuple[float, ...]
    modes: tuple[ArmMode, ...]
    positions: tuple[tuple[float, ...], ...]
    permits: tuple[Permit, ...]


class Cell:
    """Both arms swing, each at its own pace, on trajectories that come 50 times a second."""

    def __init__(self, is_coupled: bool = True) -> None:
        self.arms = {arm: ArmBench() for arm in ARMS}
        clock = self.arms['left']
        self.dog = Watchdog(replace(RULES, is_coupled=is_coupled), first_epoch=10)
        self.permits: dict[str, ArmPermit | None] = dict.fromkeys(ARMS)
        self.stages: dict[str, object] = dict.fromkeys(ARMS)
        self.pending: list[Observation] = []
        self.geometry = CLEAR
        self.estop = False
        self.silent: set[str] = set()
        self.deaf: set[str] = set()
        self.lost: set[str] = set()
        self.is_commanding = False
        self.rows: list[Row] = []
        self.start_ns = clock.now_ns
        self.cycle = 0

    @property
    def now_ns(self) -> int:
        return self.arms['left'].now_ns

    def run(self, seconds: float) -> 'Cell':
        for _ in range(round(seconds * 500)):
            self.step()
        return self

    def moving(self) -> 'Cell':
        """Reset and swing."""
        self.run(1.3)
        self.dog.reset(self.arms['left'].steady_ns)
        self.run(0.1)
        self.is_commanding = True
        self.run(1.2)
        assert self.rows[-1].modes == (ArmMode.MOVING, ArmMode.MOVING)
        assert self.rows[-1].scales == pytest.approx((1.0, 1.0))
        return self

    def step(self) -> None:
        self.cycle += 1
        if self.is_commanding and self.cycle % COMMAND_EVERY == 0:
            self._command()
        for name, bench in self.arms.items():
            measured = None
            if name in self.lost:
                measured = Measurement(stamp_ns=bench.now_ns, received_ns=bench.steady_ns,
                                       positions=(1.9, 0.0))
            bench.tick(self.permits[name], True if measured is None else measured)
            self._report(name)
        if self.cycle % DECIDE_EVERY == 0:
            self._decide()
        arms = [bench.arm for bench in self.arms.values()]
        self.rows.append(Row(
            scales=tuple(arm.report(arm='', now_ns=0).time_scale for arm in arms),
            modes=tuple(arm.mode for arm in arms),
            positions=tuple(arm.commanded for arm in arms),
            permits=tuple(Permit.STOP if p is None else p.permit
                          for p in self.permits.values()),
        ))

    def _command(self) -> None:
        for name, bench in self.arms.items():
            at_s = (self.now_ns - self.start_ns) / 1e9
            rate = RATES[name]
            bench.submit([
                [0.4 * math.sin(rate * (at_s + 0.1 * i)),
                 0.02 + 0.01 * math.sin(0.7 * rate * (at_s + 0.1 * i))] for i in range(10)])
            self._see(f'command.{name}')

    def _report(self, name: str) -> None:
        arm = self.arms[name].arm
        stage = (arm.mode, arm.is_latched, arm.stop_epoch)
        if stage != self.stages[name] or self.cycle % REPORT_EVERY == 0:
            self.stages[name] = stage
            self._see(f'controller.{name}', ControllerStatus(
                is_latched=arm.is_latched,
                stop_epoch=arm.stop_epoch,
                stop_time_s=arm.stop_time_s,
                speed=max(map(abs, arm.velocities), default=0.0),
            ))

    def _see(self, stream: str, value: object = None) -> None:
        if stream not in self.silent:
            clock = self.arms['left']
            self.pending.append(Observation(
                stream=stream, stamp_ns=clock.now_ns, received_ns=clock.steady_ns,
                seq=self.cycle // DECIDE_EVERY, content=self.cycle, value=value))

    def _decide(self) -> None:
        values = {'geometry': self.geometry, 'estop': self.estop, 'tactile.left_a': (0.0,)}
        for stream in SENSORS:
            if not stream.startswith('controller.'):
                self._see(stream, values.get(stream))
        clock = self.arms['left']
        decision = self.dog.update(clock.now_ns, clock.steady_ns, self.pending)
        self.pending = []
        for i, arm in enumerate(ARMS):
            if arm not in self.deaf:
                self.permits[arm] = ArmPermit(
                    permit=decision.permits[i], speed_scale=decision.speed_scales[i],
                    epoch=decision.epoch, stamp_ns=clock.now_ns, received_ns=clock.steady_ns,
                    stop_time_s=decision.stop_times_s[i])


def silence(name: str) -> Callable[[Cell], None]:
    return lambda cell: cell.silent.add(name)


def mute_policy(cell: Cell) -> None:
    cell.is_commanding = False


def press(cell: Cell) -> None:
    cell.estop = True


def block(cell: Cell) -> None:
    cell.geometry = GeometryStatus(arms=ARMS, speed_scales=(0.0, 1.0), blocked=(True, False))


FAULTS: dict[str, Callable[[Cell], None]] = {
    'joint states cease': silence('joint_states'),
    'geometry ceases': silence('geometry'),
    'the policy dies': mute_policy,
    'emergency stop': press,
    'too close': block,
    'a touch sensor ceases': silence('tactile.left_a'),
    'a controller says nothing': silence('controller.right'),
}


@pytest.mark.parametrize('fault', FAULTS)
def test_coupled_arms_stop_with_one_time_scale(fault: str) -> None:
    cell = Cell().moving()
    FAULTS[fault](cell)
    begin = len(cell.rows)
    cell.run(1.5)
    rows = cell.rows[begin:]
    assert max(rows[-1].permits) <= Permit.HOLD
    assert set(rows[-1].modes) <= {ArmMode.STOPPED, ArmMode.IDLE}
    assert max(abs(row.scales[0] - row.scales[1]) for row in rows) < 0.01
    rests = [next(i for i, row in enumerate(rows) if row.scales[k] == 0.0) for k in range(2)]
    assert abs(rests[0] - rests[1]) <= 1


def test_an_arm_that_stops_by_itself_takes_the_coupled_one_with_it() -> None:
    cell = Cell().moving()
    cell.lost.add('left')
    begin = len(cell.rows)
    cell.run(0.03)
    assert ArmMode.MOVING not in cell.rows[-1].modes
    cell.run(1.5)
    rows = cell.rows[begin:]
    assert rows[-1].modes == (ArmMode.STOPPED, ArmMode.STOPPED)
    starts = [next(i for i, row in enumerate(rows) if row.modes[k] is not ArmMode.MOVING)
              for k in range(2)]
    assert 0 <= starts[1] - starts[0] <= DECIDE_EVERY + 1


def test_an_uncoupled_arm_goes_on_when_the_other_stops() -> None:
    cell = Cell(is_coupled=False).moving()
    cell.lost.add('left')
    cell.run(1.0)
    assert cell.rows[-1].modes == (ArmMode.STOPPED, ArmMode.MOVING)


def test_near_arms_slow_down_together_and_speed_up_together() -> None:
    cell = Cell().moving()
    cell.geometry = GeometryStatus(arms=ARMS, speed_scales=(1.0, 0.4), blocked=(False, False))
    begin = len(cell.rows)
    cell.run(1.0)
    assert cell.rows[-1].scales == pytest.approx((0.4, 0.4))
    cell.geometry = CLEAR
    cell.run(1.5)
    assert cell.rows[-1].scales == pytest.approx((1.0, 1.0))
    assert max(abs(row.scales[0] - row.scales[1]) for row in cell.rows[begin:]) < 0.05


def test_an_arm_that_hears_no_permits_stops_both() -> None:
    cell = Cell().moving()
    cell.deaf.add('right')
    cell.run(1.5)
    assert cell.rows[-1].modes == (ArmMode.STOPPED, ArmMode.STOPPED)


def test_after_a_reset_both_move_again() -> None:
    cell = Cell().moving()
    press(cell)
    cell.run(1.0)
    cell.estop = False
    cell.is_commanding = False
    cell.run(0.6)
    cell.dog.reset(cell.arms['left'].steady_ns)
    cell.run(0.1)
    cell.is_commanding = True
    cell.run(1.0)
    assert cell.rows[-1].modes == (ArmMode.MOVING, ArmMode.MOVING)


@pytest.mark.timeout(3600)
@given(st.lists(st.tuples(st.sampled_from([*FAULTS, 'lost', 'deaf', 'well', 'reset', 'reset']),
                          st.integers(5, 150)), min_size=1, max_size=8), st.booleans())
@settings(max_examples=SAFETY_CASES // 50)
def test_whatever_happens_no_limit_is_left_and_nothing_moves_after_a_latch(
    events: list[tuple[str, int]], is_coupled: bool
) -> None:
    cell = Cell(is_coupled).moving()
    for event, cycles in events:
        if event in FAULTS:
            FAULTS[event](cell)
        elif event == 'lost':
            cell.lost.add('left')
        elif event == 'deaf':
            cell.deaf.add('left')
        elif event == 'well':
            cell.silent.clear()
            cell.deaf.clear()
            cell.lost.clear()
            cell.geometry, cell.estop, cell.is_commanding = CLEAR, False, True
        else:
            with contextlib.suppress(Refused):
                cell.dog.reset(cell.arms['left'].steady_ns)
        cell.run(cycles / 500)
    for bench in cell.arms.values():
        assert bench.violations() == []
    for before, after in zip(cell.rows, cell.rows[1:], strict=False):
        for k in range(2):
            if before.modes[k] is after.modes[k] is ArmMode.STOPPED:
                assert before.positions[k] == after.positions[k]
        if is_coupled and not cell.deaf:
            assert len(set(after.permits)) == 1
