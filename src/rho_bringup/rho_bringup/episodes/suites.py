# SPDX-License-Identifier: Apache-2.0
"""Suites: which episodes an evaluation runs, in which order."""

from collections.abc import Callable
from dataclasses import dataclass

from rho_core.errors import ConfigError
from rho_sim.tasks import buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One episode: scene and instruction."""

    seed: int
    instruction: str


SUITES: dict[str, Callable[[int], str]] = {'buttons': buttons.instruction_for}
"""Instruction by seed, for each suite."""


def suite_tasks(suite: str, *, first_seed: int, episodes: int) -> tuple[Task, ...]:
    """Return the episodes of a suite, with consecutive seeds.

    Raises:
        ConfigError: There is no such suite, or the numbers are impossible.
    """
    if suite not in SUITES:
        raise ConfigError(f"unknown suite '{suite}', there are: {', '.join(SUITES)}")
    if episodes < 1 or first_seed < 0:
        raise ConfigError(f'{episodes} episodes from seed {first_seed}: expected at least one '
                          'episode and a seed >= 0')
    return tuple(Task(seed=seed, instruction=SUITES[suite](seed))
                 for seed in range(first_seed, first_seed + episodes))
