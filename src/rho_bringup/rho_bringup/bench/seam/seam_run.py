# SPDX-License-Identifier: Apache-2.0
"""Runs a stream of late chunks through a follower and judges the commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_bringup.bench.seam.chunk_stream import ChunkStream
from rho_bringup.bench.seam.follower import Follower
from rho_core.contract.limits import JointLimits

Array = NDArray[np.float64]
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When chunks are asked for and answered.

    Attributes:
        period_ns: of the control loop.
        switch_ns: time between two chunks.
        delay_ns: of the inference.
        seconds: length of the run.
    """

    period_ns: int
    switch_ns: int
    delay_ns: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamRun:
    """What a follower was told and what it commanded.

    Attributes:
        commands: one row per cycle, shape (N, J) [rad, m].
        switches: cycles after which a new chunk was heard.
        refusals: why chunks were not followed.
        tracking: distance of the commands to what the policy wants, shape (N, J) [rad, m].
    """

    commands: Array
    switches: tuple[int, ...]
    refusals: tuple[str, ...]
    tracking: Array


def run_stream(
    follower: Follower, stream: ChunkStream, timing: Timing, start_ns: int
) -> SeamRun:
    """Let a follower follow a stream.

    Args:
        follower: at rest in the middle of the stream's wave.
        stream: the policy.
        timing: when it is asked and answers.
        start_ns: time of the cycle before the first one.
    """
    cycles = round(timing.seconds * _NS_PER_S) // timing.period_ns
    commands = np.empty((cycles, len(stream.centre)))
    seen = stream.centre
    pending: list[tuple[int, int, int, Array]] = []
    switches: list[int] = []
    asked = 0
    for cycle in range(cycles):
        now_ns = start_ns + (cycle + 1) * timing.period_ns
        seen = follower.step(now_ns)
        commands[cycle] = seen
        if (now_ns - start_ns) >= asked * timing.switch_ns:
            pending.append((now_ns + timing.delay_ns, asked, now_ns, seen))
            asked += 1
        while pending and now_ns >= pending[0][0]:
            _, number, seen_ns, then = pending.pop(0)
            follower.take(stream.chunk(number, seen_ns, then, now_ns), now_ns)
            switches.append(cycle)
    times_s = (start_ns + np.arange(1, cycles + 1) * timing.period_ns) / _NS_PER_S
    return SeamRun(commands=commands, switches=tuple(switches), refusals=follower.refusals,
                   tracking=commands - stream.wave(times_s))


def judge(run: SeamRun, limits: JointLimits, period_ns: int, around_ns: int) -> dict[str, Any]:
    """Return how the velocity steps at the seams, as plain data.

    A step is the change of the commanded velocity from one cycle to the next, in units of what
    the largest acceleration allows in a cycle: 1 is the limit, whatever the joint.

    Args:
        run: what was commanded.
        limits: of the joints.
        period_ns: of the control loop.
        around_ns: time after a switch that belongs to the seam.
    """
    period_s = period_ns / _NS_PER_S
    velocities = np.diff(run.commands, axis=0) / period_s
    steps = np.abs(np.diff(velocities, axis=0))
    allowed = limits.acceleration * period_s
    # Step k is between the commands k, k + 1 and k + 2; the first command that can differ is the
    # one after the switch.
    cycles = around_ns // period_ns
    seams = [slice(max(cycle - 1, 0), cycle + cycles) for cycle in run.switches]
    worst = np.array([(steps[rows] / allowed).max() for rows in seams if len(steps[rows])])
    step = np.array([steps[rows].max(axis=0) for rows in seams if len(steps[rows])])
    speed = np.abs(velocities).max(axis=0) / limits.velocity
    return {
        'switches': len(run.switches),
        'refused': len(run.refusals),
        'velocity_step_of_a_max_dt': _summary(worst),
        'velocity_step': _summary(step.max(axis=1)),
        'a_max_dt': [round(float(value), 6) for value in allowed],
        'largest_velocity_of_limit': round(float(speed.max()), 3),
        'tracking_rms': round(float(np.sqrt((run.tracking ** 2).mean())), 5),
        'kept': bool(worst.max() <= 1.0 + 1e-6),
    }


def _summary(values: Array | Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(values, (50, 99))
    return {'p50': round(float(p50), 4), 'p99': round(float(p99), 4),
            'max': round(float(np.max(values)), 4)}
