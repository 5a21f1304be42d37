# SPDX-License-Identifier: Apache-2.0
"""For any sequence of inputs: commands stay in their limits and a latched arm stays at rest."""

import contextlib
import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

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

odd = st.sampled_from([math.nan, math.inf, -math.inf, 1e300, -1e300, 0.0])
turn = st.one_of(st.floats(-2.2, 2.2), odd)
slide = st.one_of(st.floats(-0.01, 0.05), odd)
smooth = st.builds(
    lambda amplitude, rate, phase, count: [
        [amplitude * math.sin(rate * 0.1 * i + phase), 0.02 + 0.01 * math.cos(rate * 0.1 * i)]
        for i in range(count)
    ],
    st.floats(0.0, 0.6), st.floats(0.0, 3.0), st.floats(-3.2, 3.2), st.integers(1, 12),
)
points = st.one_of(
    smooth,
    st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(0.015, 0.025)), min_size=1, max_size=4),
    st.lists(st.tuples(turn, slide), min_size=0, max_size=4),
)
trajectories = st.fixed_dictionaries({
    'rows': points,
    'dt_s': st.sampled_from([0.1, 0.1, 0.1, 0.3, 1e-9, 0.0, -0.1, math.nan]),
    'lead_ms': st.sampled_from([0, 0, 100, 100, 240, -90, -5000, 5000]),
    'names': st.sampled_from([NAMES, NAMES, NAMES, NAMES[::-1], ('turn', 'turn'), ('turn',)]),
})
hostile = st.fixed_dictionaries({
    'ticks': st.integers(1, 60),
    'permit': st.sampled_from(
        ['run'] * 12 + ['slow', 'hold', 'stop', 'none', 'old', 'future']),
    'reset': st.booleans(),
    'measured': st.sampled_from(['true'] * 14 + ['none', 'nan', 'old', 'far']),
    'trajectory': st.one_of(trajectories, trajectories, st.none()),
    'clock_step_s': st.sampled_from([0.0] * 12 + [-3600.0, 3600.0, 0.05]),
    'period_ns': st.sampled_from([PERIOD_NS] * 8 + [MS, 3 * MS, 20 * MS, 500 * MS]),
})
# Most of the time all is well, or nothing would move that a fault could stop.
friendly = st.fixed_dictionaries({
    'ticks': st.integers(5, 60),
    'permit': st.sampled_from(['run', 'run', 'run', 'slow']),
    'reset': st.just(True),
    'measured': st.just('true'),
    'trajectory': st.fixed_dictionaries({
        'rows': smooth,
        'dt_s': st.just(0.1),
        'lead_ms': st.just(100),
        'names': st.just(NAMES),
        'offset': st.floats(-0.05, 0.05),
    }),
    'clock_step_s': st.just(0.0),
    'period_ns': st.just(PERIOD_NS),
})
events = st.one_of(friendly, friendly, friendly, friendly, hostile)


def permit_of(bench: Bench, kind: str) -> ArmPermit | None:
    if kind == 'none':
        return None
    shift_ns = {'old': -200 * MS, 'future': 200 * MS}.get(kind, 0)
    level = {'slow': Permit.SLOW, 'hold': Permit.HOLD, 'stop': Permit.STOP}.get(kind, Permit.RUN)
    return ArmPermit(permit=level, speed_scale=0.3, epoch=bench.epoch,
                     stamp_ns=bench.now_ns + shift_ns, received_ns=bench.steady_ns)


def measurement_of(bench: Bench, kind: str) -> Measurement | None:
    if kind == 'none':
        return None
    position = {'nan': (math.nan, 0.0), 'far': (1.9, 0.0)}.get(kind, bench.position)
    return Measurement(stamp_ns=bench.now_ns - (300 * MS if kind == 'old' else 0),
                       received_ns=bench.steady_ns, positions=position)


def submit(bench: Bench, values: dict[str, Any]) -> None:
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
        )
        bench.arm.submit(trajectory, bench.now_ns, bench.steady_ns)


@given(st.lists(events, min_size=1, max_size=25))
@settings(max_examples=SAFETY_CASES)
def test_no_sequence_of_inputs_breaks_a_limit_or_a_latch(steps: list[dict[str, Any]]) -> None:
    bench = Bench()
    runs: list[list[tuple[float, ...]]] = [[]]
    stopped_in: int | None = None
    seen_epoch = -1
    mode = ArmMode.UNCONFIGURED
    last: tuple[float, ...] | None = None
    for step in steps:
        bench.now_ns += round(step['clock_step_s'] * S)
        if step['trajectory'] is not None:
            submit(bench, step['trajectory'])
        if step['reset']:
            bench.epoch += 1
        for tick in range(step['ticks']):
            period_ns = step['period_ns'] if tick == 0 else PERIOD_NS
            bench.now_ns += period_ns
            bench.steady_ns += period_ns
            permit = permit_of(bench, step['permit'])
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
