# SPDX-License-Identifier: Apache-2.0
"""The optimisation loop: resumable, seeded, one thread."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rho_learning.data.dataset import Batch
from rho_learning.data.dataset import Dataset
from rho_learning.model.context import Context
from rho_learning.model.policy import Policy
from rho_learning.model.policy import to_float
from rho_learning.model.vision import KeypointEncoder
from rho_learning.training.config import TrainingConfig
from rho_learning.training.losses import contact
from rho_learning.training.losses import grounding
from rho_learning.training.losses import imitation

Report = Callable[[int, int, str], None]
CHECKPOINT_STEPS = 200
WEIGHTS = {'arm': 0.5, 'color': 0.5, 'position': 1.0, 'rotation': 0.3, 'front': 1.0, 'wrists': 0.3}


class Trainer:
    """Owns the policy, its moving average, the optimiser and the random numbers."""

    def __init__(
        self, policy: Policy, embeddings: NDArray[np.float32], config: TrainingConfig
    ) -> None:
        """Prepare; ``embeddings`` (N, 384) are those of the suite's instructions, in order."""
        self._policy = policy
        self._embeddings = torch.from_numpy(embeddings)
        self._config = config
        self._optimiser = torch.optim.AdamW(
            policy.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, self._rate)
        self._average = {name: value.clone() for name, value in policy.named_parameters()}
        self._step = 0
        for module in policy.modules():
            if isinstance(module, KeypointEncoder):
                module.use_fast_training()

    def _rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / self._config.warm_up)
        return warm * 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / self._config.steps)))

    def run(self, dataset: Dataset, checkpoint: Path, report: Report) -> Policy:
        """Train until the configured number of steps and return the averaged policy."""
        if checkpoint.exists():
            self._restore(checkpoint)
        self._policy.train()
        started = time.process_time()
        while self._step < self._config.steps:
            rng = np.random.default_rng([self._config.seed, self._step])
            torch.manual_seed(int(rng.integers(2**31)))
            batch = dataset.batch(rng, self._config.batch, self._config.action_moments)
            parts = self.step(batch)
            if self._step % CHECKPOINT_STEPS == 0 or self._step == self._config.steps:
                self._save(checkpoint)
            if self._step % 10 == 0 or self._step == self._config.steps:
                text = ' '.join(f'{name} {value:.2f}' for name, value in parts.items())
                spent = time.process_time() - started
                report(self._step, self._config.steps, f'{text} cpu {spent:.0f} s')
        return self.averaged()

    def step(self, batch: Batch) -> dict[str, float]:
        """Take one optimiser step and return the parts of the loss."""
        parts = self._losses(batch)
        weighted = [WEIGHTS.get(name, 1.0) * part for name, part in parts.items()]
        loss = torch.stack(weighted).sum()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._policy.parameters(), self._config.clip_norm)
        self._optimiser.step()
        self._schedule.step()
        self._step += 1
        # A short run would otherwise still average in its random start.
        decay = min(self._config.ema, self._step / (self._step + 10.0))
        with torch.no_grad():
            for name, value in self._policy.named_parameters():
                self._average[name].lerp_(value, 1.0 - decay)
        return {name: part.item() for name, part in parts.items()}

    def _losses(self, batch: Batch) -> dict[str, Tensor]:
        config = self._config
        context, side = self._policy.see(
            self._augment(batch.front),
            (self._augment(batch.left_wrist), self._augment(batch.right_wrist)),
            batch.joints + config.joint_noise_rad * torch.randn_like(batch.joints),
            self._words(batch.instruction),
        )
        parts = grounding(context, side, batch)
        later = batch.later_joints.shape[1]
        repeated = Context(*(part.repeat_interleave(later, dim=0) for part in context))
        noise = config.target_noise_m * torch.randn_like(repeated.target)
        joints = batch.later_joints.flatten(0, 1)
        touch = batch.touch.flatten(0, 1)
        motion = self._policy.act(
            repeated._replace(target=repeated.target + noise),
            joints + config.joint_noise_rad * torch.randn_like(joints),
            touch + config.touch_noise_ut * torch.randn_like(touch),
        )
        index = torch.arange(len(batch.target))
        target = batch.buttons[index, batch.target].repeat_interleave(later, dim=0)
        parts['chunk'] = imitation(
            motion, batch.chunk.flatten(0, 1), batch.valid.flatten(0, 1), target
        )
        parts['contact'] = contact(motion, batch.pressed.flatten())
        return parts

    def _words(self, instruction: Tensor) -> Tensor:
        """Vary the embedding: the encoder's int8 arithmetic differs a little between CPUs."""
        embedding = self._embeddings[instruction]
        noise = self._config.embedding_noise * torch.randn_like(embedding)
        return embedding + noise * self._policy.context.text.scale

    def _augment(self, image: Tensor) -> Tensor:
        """Vary gain and colour; no shift, which would break the geometry."""
        size = (len(image), 3, 1, 1)
        gain = 1.0 + self._config.gain * (2.0 * torch.rand(len(image), 1, 1, 1) - 1.0)
        offset = self._config.offset * (2.0 * torch.rand(size) - 1.0)
        pixels = (to_float(image) + 0.5) * gain + offset - 0.5
        return pixels.contiguous(memory_format=torch.channels_last)

    def averaged(self) -> Policy:
        """Put the averaged weights into the policy and return it for use."""
        with torch.no_grad():
            for name, value in self._policy.named_parameters():
                value.copy_(self._average[name])
        return self._policy.eval()

    def _save(self, path: Path) -> None:
        state = {
            'step': self._step,
            'policy': self._policy.state_dict(),
            'average': self._average,
            'optimiser': self._optimiser.state_dict(),
            'schedule': self._schedule.state_dict(),
        }
        temporary = path.with_suffix('.tmp')
        torch.save(state, temporary)
        temporary.replace(path)

    def _restore(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self._step = state['step']
        self._policy.load_state_dict(state['policy'])
        self._average = state['average']
        self._optimiser.load_state_dict(state['optimiser'])
        self._schedule.load_state_dict(state['schedule'])
