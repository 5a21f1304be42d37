# SPDX-License-Identifier: Apache-2.0
"""Generation resumes, and its scenes are never those of an evaluation."""

from pathlib import Path

import numpy as np
import pytest

from rho_learning import evaluation
from rho_learning.data import generate as module
from rho_learning.data.demonstration import Demonstration
from rho_learning.export import sample
from rho_learning.testing import made_up

recorded: list[tuple[int, bool]] = []


class FakeRecorder:
    """Notes the seeds; every tenth expert fails."""

    def record(self, seed: int, *, near: bool) -> Demonstration | None:
        """Return a made-up demonstration."""
        recorded.append((seed, near))
        return None if seed % 10 == 0 else made_up(2)

    def close(self) -> None:
        """Nothing to free."""


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record nothing."""
    recorded.clear()
    monkeypatch.setattr(module, 'CellSim', lambda: None)
    monkeypatch.setattr(module, 'Recorder', lambda sim: FakeRecorder())


def generate(folder: Path, count: int, seed: int = 0) -> list[Path]:
    """Generate with a quarter of near starts."""
    return module.generate(folder, count, near_share=0.25, processes=1, seed=seed)


def test_generation_makes_only_what_is_missing(tmp_path: Path) -> None:
    first = generate(tmp_path, 24)
    assert len(recorded) == 24
    recorded.clear()
    again = generate(tmp_path, 36)
    assert again[:2] == first
    assert len(recorded) == 12


def test_a_quarter_starts_near_the_target(tmp_path: Path) -> None:
    generate(tmp_path, 600)
    assert np.mean([near for _, near in recorded]) == pytest.approx(0.25, abs=0.02)


def test_demonstrations_never_show_scenes_of_evaluations_or_demos(tmp_path: Path) -> None:
    generate(tmp_path, 600)
    seeds = [seed for seed, _ in recorded]
    assert min(seeds) > max(evaluation.FIRST_SEED, sample.FIRST_SEED) + 100_000
    assert len(set(seeds)) == 600


def test_runs_with_other_seeds_see_other_scenes(tmp_path: Path) -> None:
    generate(tmp_path / 'a', 24)
    first = {seed for seed, _ in recorded}
    recorded.clear()
    generate(tmp_path / 'b', 24, seed=1)
    assert first.isdisjoint(seed for seed, _ in recorded)
