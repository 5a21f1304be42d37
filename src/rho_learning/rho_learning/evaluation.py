# SPDX-License-Identifier: Apache-2.0
"""Success of an exported bundle on unseen scenes, as k of n with Wilson intervals."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from rho_core.statistics import wilson_interval
from rho_learning.live import Timing
from rho_learning.live import run_live
from rho_learning.onnx_policy import OnnxPolicy
from rho_learning.progress import Progress
from rho_learning.sentences import embed
from rho_sim.cell_sim import CellSim
from rho_sim.tasks.buttons import INSTRUCTIONS
from rho_sim.tasks.buttons import instruction_for

FIRST_SEED = 500_000  # neither training scenes nor those of the demo and the live evaluation


def evaluate(
    folder: Path, episodes: int, *, first_seed: int = FIRST_SEED, timing: Timing | None = None
) -> dict[str, Any]:
    """Run episodes of the button suite with the graphs of a folder.

    Returns:
        ``episodes``, ``successes``, ``wilson_95``, ``per_task`` (instruction: [k, n]),
        ``press_time_s`` (median), ``refused_trajectories``, ``last_refusal`` and ``failures``.
    """
    sim = CellSim()
    policy = OnnxPolicy(folder)
    embeddings = dict(zip(INSTRUCTIONS, embed(INSTRUCTIONS), strict=True))
    tried: Counter[str] = Counter()
    succeeded: Counter[str] = Counter()
    failures, times = [], []
    refused, refusal = 0, ''
    progress = Progress('evaluation')
    for seed in range(first_seed, first_seed + episodes):
        instruction = instruction_for(seed)
        sim.reset(seed, instruction)
        result = run_live(sim, policy, embeddings[instruction], timing or Timing())
        score = result.score
        refused += result.refused
        refusal = result.refusal or refusal
        tried[instruction] += 1
        if score.success:
            succeeded[instruction] += 1
            times.append(score.success_time_s)
        else:
            failures.append({'seed': seed, 'instruction': instruction, 'detail': score.detail})
        done = seed - first_seed + 1
        progress.update(done, episodes, f'{succeeded.total()}/{done} ')
    sim.close()
    return {
        'episodes': episodes,
        'successes': succeeded.total(),
        'wilson_95': [round(bound, 3) for bound in wilson_interval(succeeded.total(), episodes)],
        'per_task': {text: [succeeded[text], tried[text]] for text in sorted(tried)},
        'press_time_s': round(float(np.median(times)), 2) if times else None,
        'refused_trajectories': refused,
        'last_refusal': refusal,
        'failures': failures,
    }
