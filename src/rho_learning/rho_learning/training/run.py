# SPDX-License-Identifier: Apache-2.0
"""A training run is a folder: configuration, demonstrations, checkpoint, policy, result."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike

from rho_description import cell
from rho_learning.data.dataset import Dataset
from rho_learning.data.generate import generate
from rho_learning.model.policy import Policy
from rho_learning.progress import Progress
from rho_learning.sentences import embed
from rho_learning.training.config import TrainingConfig
from rho_learning.training.train import Trainer
from rho_sim.tasks.buttons import INSTRUCTIONS

CONFIG = 'config.json'
POLICY = 'policy.pt'
CHECKPOINT = 'checkpoint.pt'
DEMONSTRATIONS = 'demonstrations'


def train(config: TrainingConfig, folder: Path) -> Policy:
    """Generate what is missing, train from the last checkpoint on, and save the policy.

    Raises:
        ValueError: The folder holds a run with another configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remember(config, folder / CONFIG)
    paths = generate(
        folder / DEMONSTRATIONS,
        config.demonstrations,
        near_share=config.near_share,
        processes=config.processes,
        seed=config.seed,
    )
    torch.set_num_threads(1)
    torch.manual_seed(config.seed)
    dataset = Dataset(paths, max_context_age_s=config.max_context_age_s)
    policy = _build(dataset.centre)
    progress = Progress('training')
    trainer = Trainer(policy, embed(INSTRUCTIONS), config)
    policy = trainer.run(dataset, folder / CHECKPOINT, progress.update)
    torch.save(policy.state_dict(), folder / POLICY)
    return policy


def load_policy(folder: Path) -> Policy:
    """Load the policy of a finished run.

    Raises:
        FileNotFoundError: The run has not finished.
    """
    path = folder / POLICY
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist: run "train --out {folder}" first')
    policy = _build(np.zeros(3))
    policy.load_state_dict(torch.load(path, weights_only=True))
    return policy.eval()


def _build(centre: ArrayLike) -> Policy:
    return Policy(cell(), embeddings=embed(INSTRUCTIONS), centre=centre)


def _remember(config: TrainingConfig, path: Path) -> None:
    """Store the configuration of a new run; refuse to go on with a different one."""
    now = asdict(config)
    if not path.exists():
        path.write_text(json.dumps(now, indent=2) + '\n')
        return
    before = json.loads(path.read_text())
    # How many processes record, or what is evaluated at the end, does not change the policy.
    free = {'processes', 'evaluation_episodes'}
    changed = {key for key in now if before.get(key) != now[key]} - free
    if changed:
        difference = ', '.join(f'{key} {before.get(key)} -> {now[key]}' for key in sorted(changed))
        raise ValueError(
            f'{path.parent} holds a run with another configuration ({difference}): '
            'choose another --out or delete that folder'
        )
