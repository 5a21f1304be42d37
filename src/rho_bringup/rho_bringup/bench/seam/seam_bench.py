# SPDX-License-Identifier: Apache-2.0
"""The benchmark of seams: our controller beside the rule of joint_trajectory_controller."""

import argparse
from typing import Any

import numpy as np

from rho_bringup.bench.arguments import positive_seconds
from rho_bringup.bench.benchmark import BenchResult
from rho_bringup.bench.context import BenchContext
from rho_bringup.bench.seam.chunk_stream import ChunkStream
from rho_bringup.bench.seam.follower import Follower
from rho_bringup.bench.seam.hard_replacement import HardReplacement
from rho_bringup.bench.seam.own_motion import OwnMotion
from rho_bringup.bench.seam.seam_run import Timing
from rho_bringup.bench.seam.seam_run import judge
from rho_bringup.bench.seam.seam_run import run_stream
from rho_core.contract.limits import JointLimits
from rho_core.motion.settings import MotionSettings
from rho_description import Arm
from rho_description import cell as describe_cell

DELAYS_MS = (50, 150, 300)
SWITCH_HZ = 10.0
PERIOD_NS = 2_000_000

_START_NS = 1_000_000_000_000
_NS_PER_MS = 1_000_000
# The bridge to a new chunk takes up to so long; with hard replacement one cycle is enough.
_SEAM_NS = 90 * _NS_PER_MS
# Shares of a joint's velocity limit: the wave at its fastest, and how much chunks differ.
_WAVE_SPEED = 0.25
_DISAGREEMENT = 0.03
_WAVE_PERIOD_S = 2.6
_TRACKING_S = 0.3


class SeamBench:
    """Velocity steps where one chunk takes over from another, at three inference delays."""

    name = 'seam'
    summary = 'measure how the commanded velocity steps where a chunk replaces another'
    example = './rho bench seam --out seam.json'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add length and seed."""
        parser.add_argument('--seconds', type=positive_seconds, default=20.0, metavar='S',
                            help='length of each run, in simulated time (default: %(default)s)')
        parser.add_argument('--seed', type=int, default=0,
                            help='of the differences between chunks (default: %(default)s)')

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        """Run both ways at each delay."""
        arm = describe_cell().arm('left')
        tree: dict[str, Any] = {'switch_hz': SWITCH_HZ, 'loop_hz': 1e9 / PERIOD_NS}
        lines = []
        for delay_ms in DELAYS_MS:
            context.say(f'chunks that come {delay_ms} ms late')
            part = compare(arm, delay_ms, options.seconds, options.seed)
            tree[f'delay_{delay_ms}_ms'] = part
            lines.append(_line(delay_ms, part))
        return BenchResult(tree=tree, lines=tuple(lines))


def compare(arm: Arm, delay_ms: int, seconds: float, seed: int) -> dict[str, Any]:
    """Return the figures of both ways at one delay as plain data."""
    limits = arm_limits(arm)
    amplitude = _WAVE_SPEED * limits.velocity * _WAVE_PERIOD_S / (2.0 * np.pi)
    # The gripper's home is at the end of its way.
    centre = np.clip(arm.home, limits.lower + amplitude, limits.upper - amplitude)
    stream = ChunkStream(limits=limits, centre=centre, amplitude=amplitude,
                         disagreement=_DISAGREEMENT * limits.velocity, seed=seed)
    timing = Timing(period_ns=PERIOD_NS, switch_ns=round(1e9 / SWITCH_HZ),
                    delay_ns=delay_ms * _NS_PER_MS, seconds=seconds)
    settings = MotionSettings(
        limits=limits, period_ns=PERIOD_NS,
        tracking_limits=tuple((_TRACKING_S * limits.velocity).tolist()))
    ways: dict[str, Follower] = {
        'ours': OwnMotion(settings, centre, _START_NS),
        'hard_replacement': HardReplacement(centre),
    }
    return {name: judge(run_stream(way, stream, timing, _START_NS), limits, PERIOD_NS, _SEAM_NS)
            for name, way in ways.items()}


def arm_limits(arm: Arm) -> JointLimits:
    """Return the limits of an arm's joints."""
    limits = arm.limits
    return JointLimits(
        names=tuple(arm.joint_names), lower=limits.lower, upper=limits.upper,
        velocity=limits.velocity, acceleration=limits.acceleration, jerk=limits.jerk)


def _line(delay_ms: int, part: dict[str, Any]) -> str:
    ours, hard = (part[name]['velocity_step_of_a_max_dt']['max']
                  for name in ('ours', 'hard_replacement'))
    return (f'{delay_ms} ms: largest velocity step at a seam {ours:.2f} of a_max dt, '
            f'hard replacement {hard:.1f}; refused {part["ours"]["refused"]} of '
            f'{part["ours"]["switches"]}')
