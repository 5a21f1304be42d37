# SPDX-License-Identifier: Apache-2.0
"""For any sequence of inputs: commands stay in their limits and a latched arm stays at rest."""

import contextlib
import math
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rho_core.errors import Refused
from rho_core.motion.command_check import find_violations
from rho_core.motion.measurement import Measurement
from rho_core.motion.mode import ArmMode
from rho_core.motion.testing import LIMITS
from rho_core.motion.testing import MS
from rho_core.motion.testing import NAMES
from rho_core.motion.testing import PERIOD_NS
from rho_core.motion.testing import Bench
from rho_core.motion.testing import S
from rho_core.motion.trajectory import JointTrajectory
from rho_core.properties import SAFETY_CASES
from rho_core.safety.permit import ArmPermit
from rho_core.safety.permit import Permit

STALL_NS = 100 * MS
STOPS = (ArmMode.STOPPING, ArmMode.STOPPED)
LEVELS = {'slow': Permit.SLOW, 'hold': Permit.HOLD, 'stop': Permit.STOP}

odd = st.sampled_from([math.nan, math.inf, -math.inf, 1e300, -1e300, 0.0])
turn = st.one_of(st.floats(-2.2, 2.2), odd)
slide = st.one_of(st.floats(-0.01, 0.05), odd)
smooth = st.builds(
    lambda amplitude, rate, phase, count: [
        [amplitude * math.sin(rate * 0.1 * i + phase), 0.02 + 0.01 * math.cos(rate * 0.1 * i)]
        for i in range(count)
    ],
    st.floats(0.0, 0.9), st.floats(0.0, 3.3), st.floats(-3.2, 3.2), st.integers(1, 12),
)
points = st.one_of(
    smooth,
    st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(0.015, 0.025)), min_size=1, max_size=4),
    st.lists(st.tuples(turn, slide), min_size=0, max_size=4),
)
slopes = st.lists(st.tuples(st.one_of(st.floats(-3.5, 3.5), odd), st.floats(-0.3, 0.3)),
                  min_size=1, max_size=12)
trajectories = st.fixed_dictionaries({
    'rows': points,
    'dt_s': st.sampled_from([0.1, 0.1, 0.1, 0.3, 0.02, 1e-9, 0.0, -0.1, math.nan]),
    'lead_ms': st.sampled_from([0, 0, 100, 100, 240, -90, -5000, 5000]),
    'names': st.sampled_from([NAMES, NAMES, NAMES, NAMES[::-1], ('turn', 'turn'), ('turn',)]),
    'velocities': st.one_of(st.none(), st.none(), slopes),
    'accelerations': st.one_of(st.none(), st.none(), slopes),
})
hostile = st.fixed_dictionaries({
    'ticks': st.integers(1, 60),
    'permit': st.lists(st.sampled_from(
        ['run'] * 12 + ['slow', 'hold', 'stop', 'none', 'old', 'future']), min_size=1, max_size=3),
    'scale': st.floats(0.0, 1.0),
    'stop_time_s': st.one_of(st.none(), st.floats(0.0, 1e6)),
    'reset': st.booleans(),
    'measured': st.sampled_from(['true'] * 14 + ['none', 'nan', 'old', 'far']),
    'trajectory': st.one_of(trajectories, trajectories, st.none()),
    'replay': st.integers(0, 8),
    'clock_step_s': st.sampled_from([0.0] * 12 + [-3600.0, 3600.0, 0.05, -0.05]),
    'period_ns': st.sampled_from([PERIOD_NS] * 8 + [MS, 3 * MS, 20 * MS, 99 * MS, 500 * MS]),
    'refuse_path': st.booleans(),
    'rest': st.sampled_from([False] * 6 + [True]),
})
# Most of the time all is well, or nothing would move that a fault could stop.
friendly = st.fixed_dictionaries({
    'ticks': st.integers(5, 60),
    'permit': st.sampled_from([['run'], ['run'], ['run'], ['slow'], ['run', 'slow']]),
    'scale': st.floats(0.1, 1.0),
    'stop_time_s': st.one_of(st.none(), st.floats(0.0, 0.4)),
    'reset': st.just(True),
    'measured': st.just('true'),
    'trajectory': st.fixed_dictionaries({
        'rows': smooth,
        'dt_s': st.just(0.1),
        'lead_ms': st.just(100),
        'names': st.just(NAMES),
        'offset': st.floats(-0.05, 0.05),
        'velocities': st.none(),
        'accelerations': st.none(),
    }),
    'replay': st.just(0),
    'clock_step_s': st.just(0.0),
    'period_ns': st.just(PERIOD_NS),
    'refuse_path': st.just(False),
    'rest': st.just(False),
})
events = st.one_of(friendly, friendly, friendly, friendly, hostile)


class Doubt:
    """A path check that refuses when it is told to, and looks at what it is given."""

    def __init__(self) -> None:
        self.refuses = False

    def parts(
        self, times_s: NDArray[np.float64], positions: NDArray[np.float64]
    ) -> Iterator[None]:
        assert times_s[0] == 0.0
        assert (np.diff(times_s) > 0.0).all()
        assert np.isfinite(positions).all()
        assert positions.shape == (times_s.size, 2)
        yield
        if self.refuses:
            raise Refused('path: for no reason')


def permit_of(bench: Bench, step: dict[str, Any], tick: int) -> ArmPermit | None:
    kind = step['permit'][tick % len(step['permit'])]
    if kind == 'none':
        return None
    shift_ns = {'old': -200 * MS, 'future': 200 * MS}.get(kind, 0)
    return replace(bench.permit(LEVELS.get(kind, Permit.RUN), step['scale']),
                   stamp_ns=bench.now_ns + shift_ns, stop_time_s=step['stop_time_s'])


def measurement_of(bench: Bench, kind: str) -> Measurement | None:
    if kind == 'none':
        return None
    position = {'nan': (math.nan, 0.0), 'far': (1.9, 0.0)}.get(kind, bench.position)
    return Measurement(stamp_ns=bench.now_ns - (300 * MS if kind == 'old' else 0),
                       received_ns=bench.steady_ns, positions=position)


def submit(bench: Bench, values: dict[str, Any], sent: list[JointTrajectory]) -> None:
    rows = np.array(values['rows'], dtype=np.float64)
    if 'offset' in values:
        shift = np.array(bench.position) - rows[0] + [values['offset'], 0.0]
        rows = np.clip(rows + shift, LIMITS.lower, LIMITS.upper)
    with contextlib.suppress(Refused):
        trajectory = JointTrajectory(
            start_ns=bench.now_ns + values['lead_ms'] * MS,
            times_s=np.arange(len(rows), dtype=np.float64) * values['dt_s'],
            joint_names=values['names'],
            positions=rows,
            velocities=_as_long_as(rows, values['velocities']),
            accelerations=_as_long_as(rows, values['accelerations']),
        )
        sent.append(trajectory)
        bench.arm.submit(trajectory, bench.now_ns, bench.steady_ns)


def _as_long_as(rows: Any, values: Any) -> Any:
    """Repeat values to the length of the rows, with rest in the last one most of the time."""
    if values is None or not len(rows):
        return None
    table = np.resize(np.array(values, dtype=np.float64), (len(rows), 2))
    if len(values) % 4:
        table[-1] = 0.0
    return table


def replay(bench: Bench, which: int, sent: Sequence[JointTrajectory]) -> None:
    """Send an old trajectory again, as it was or with a new stamp."""
    if which == 0 or not sent:
        return
    old = sent[-((which - 1) // 2) % len(sent)]
    if which % 2:
        old = replace(old, start_ns=bench.now_ns + 10 * MS)
    with contextlib.suppress(Refused):
        bench.arm.submit(old, bench.now_ns, bench.steady_ns)


@given(st.lists(events, min_size=1, max_size=25))
@settings(max_examples=SAFETY_CASES)
def test_no_sequence_of_inputs_breaks_a_limit_or_a_latch(steps: list[dict[str, Any]]) -> None:
    doubt = Doubt()
    bench = Bench(path_check=doubt)
    sent: list[JointTrajectory] = []
    runs: list[list[tuple[float, ...]]] = [[]]
    stopped_in: int | None = None
    seen_epoch = -1
    mode = ArmMode.UNCONFIGURED
    last: tuple[float, ...] | None = None
    for step in steps:
        bench.now_ns += round(step['clock_step_s'] * S)
        doubt.refuses = step['refuse_path']
        if step['trajectory'] is not None:
            submit(bench, step['trajectory'], sent)
        replay(bench, step['replay'], sent)
        if step['rest']:
            bench.arm.rest('asked to')
        if step['reset']:
            bench.epoch += 1
        for tick in range(step['ticks']):
            period_ns = step['period_ns'] if tick == 0 else PERIOD_NS
            bench.now_ns += period_ns
            bench.steady_ns += period_ns
            permit = permit_of(bench, step, tick)
            seen_epoch = seen_epoch if permit is None else bench.epoch
            command = bench.arm.update(bench.now_ns, bench.steady_ns,
                                       measurement_of(bench, step['measured']), permit)
            if command is None:
                assert bench.arm.mode is ArmMode.UNCONFIGURED
                continue
            if period_ns > STALL_NS and last is not None:
                assert command == last
                runs.append([])
            if mode is ArmMode.STOPPED and stopped_in == seen_epoch:
                assert bench.arm.mode is ArmMode.STOPPED
                assert command == last
            # The first command comes with a stop of its own, which a permit alone ends.
            is_first = bench.arm.report(arm='', now_ns=bench.now_ns).accepted == 0
            if mode not in STOPS:
                stopped_in = None if is_first else seen_epoch
            mode = bench.arm.mode
            runs[-1].append(command)
            last = command
            bench.position = command
    for commands in runs:
        assert not find_violations(commands, LIMITS, period_s=PERIOD_NS / S)


lines = st.fixed_dictionaries({
    'speed': st.floats(0.05, 1.6),
    'rate': st.floats(0.2, 3.0),
    'phase': st.floats(0.0, 6.28),
    'share': st.floats(-1.0, 1.0),
    'until_s': st.floats(0.05, 1.2),
    'stop_time_s': st.one_of(st.none(), st.floats(0.0, 0.8)),
    'kind': st.sampled_from([Permit.STOP, Permit.HOLD, None]),
})


@given(lines)
@settings(max_examples=SAFETY_CASES)
def test_a_stop_keeps_to_the_path(values: dict[str, Any]) -> None:
    """Both joints move in proportion, so leaving the path would show as leaving a line."""
    bench = Bench(position=(0.0, 0.02))
    bench.tick()
    bench.tick()
    slope = 0.01 * values['share']
    amplitude = min(values['speed'] / values['rate'], 1.0, 4.0 / values['rate'] ** 2)

    def row(time_s: float) -> list[float]:
        along = amplitude * (math.sin(values['rate'] * time_s + values['phase'])
                             - math.sin(values['phase']))
        return [along, 0.02 + slope * along]

    period_s = PERIOD_NS / S
    end_tick = round(values['until_s'] / period_s)
    for tick in range(end_tick):
        if tick % 50 == 0:
            bench.submit([row(tick * period_s + 0.1 * (i + 1)) for i in range(10)], lead_ms=100)
        bench.tick()
    ticks = 0
    while not bench.arm.is_at_rest:
        level = values['kind']
        permit = level and replace(bench.permit(level), stamp_ns=bench.now_ns + PERIOD_NS,
                                   received_ns=bench.steady_ns + PERIOD_NS,
                                   stop_time_s=values['stop_time_s'])
        bench.tick(permit=permit)
        ticks += 1
        assert ticks * period_s <= bench.arm.longest_stop_s
    commands = np.array(bench.commands)
    # Where path and ramp together ask for more than the limits, the limiter leaves the path by
    # milliradians of turn; this bound is 10 mrad.
    assert np.abs(commands[:, 1] - 0.02 - slope * commands[:, 0]).max() < 1e-4
    assert not bench.violations()


@given(lines, st.floats(-1.0, 1.0))
@settings(max_examples=SAFETY_CASES // 5)
def test_coupled_arms_stop_with_one_time_scale(
    values: dict[str, Any], other: float
) -> None:
    """Arms on different paths run through the same scales, whichever needs the longer time."""
    arms = [Bench(position=(0.0, 0.02)) for _ in range(2)]
    for bench in arms:
        bench.tick()
        bench.tick()
    speeds = (values['speed'], other)
    for bench, speed in zip(arms, speeds, strict=True):
        assert bench.submit([[0.09 * speed * i, 0.02] for i in range(12)])
        bench.run(0.6)
    common_s = max(bench.arm.stop_time_s for bench in arms)
    scales: list[list[float]] = [[], []]
    for bench, seen in zip(arms, scales, strict=True):
        while not bench.arm.is_at_rest:
            permit = replace(bench.permit(Permit.STOP), stamp_ns=bench.now_ns + PERIOD_NS,
                             received_ns=bench.steady_ns + PERIOD_NS, stop_time_s=common_s)
            bench.tick(permit=permit)
            seen.append(bench.arm.report(arm='', now_ns=bench.now_ns).time_scale)
    shorter = min(map(len, scales)) - 1
    assert abs(len(scales[0]) - len(scales[1])) <= 3
    assert scales[0][:shorter] == scales[1][:shorter]
