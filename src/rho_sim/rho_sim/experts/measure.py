# SPDX-License-Identifier: Apache-2.0
"""Measure how often the expert succeeds: `python -m rho_sim.experts.measure --episodes 200`."""

import argparse
import json
import sys
import time

import numpy as np

from rho_sim.cell_sim import CellSim
from rho_sim.experts.button import ButtonExpert
from rho_sim.score import Score
from rho_sim.tasks.buttons import instruction_for

STEPS_PER_ACTION = 50
LONGEST_EPISODE_STEPS = 150


def run_episode(sim: CellSim, seed: int, instruction: str) -> Score:
    """Let the expert carry out an instruction; return the score."""
    sim.reset(seed, instruction)
    expert = ButtonExpert(sim, instruction, np.random.default_rng([seed, 4]))
    for _ in range(LONGEST_EPISODE_STEPS):
        sim.step(expert.act(), STEPS_PER_ACTION)
        if expert.done:
            break
    return sim.score()


def main() -> None:
    """Run episodes of the suite and print one line of JSON, after one line per failure."""
    parser = argparse.ArgumentParser(description='Measure the success rate of the button expert.')
    parser.add_argument('--episodes', type=int, default=200)
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    sim = CellSim()
    successes, times_s = 0, []
    started_s = time.perf_counter()
    simulated_s = 0.0
    for seed in range(options.seed, options.seed + options.episodes):
        score = run_episode(sim, seed, instruction_for(seed))
        simulated_s += sim.time_s
        successes += score.success
        times_s.append(score.success_time_s)
        if not score.success:
            sys.stdout.write(f'seed {seed}: {score.instruction} {score.detail}\n')
    result = {
        'episodes': options.episodes,
        'successes': successes,
        'median_success_time_s': float(np.nanmedian(times_s)),
        'times_real_time': simulated_s / (time.perf_counter() - started_s),
    }
    sys.stdout.write(json.dumps(result) + '\n')


if __name__ == '__main__':
    main()
