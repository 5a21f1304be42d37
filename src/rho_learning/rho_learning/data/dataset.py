# SPDX-License-Identifier: Apache-2.0
"""All demonstrations in memory, and random batches that imitate the live timing."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rho_learning.data.demonstration import EPISODE_WISE
from rho_learning.data.demonstration import NAMES
from rho_learning.data.demonstration import TICKS_PER_STEP
from rho_learning.data.shards import read_shard
from rho_learning.model.layout import HORIZON


class Batch(NamedTuple):
    """B moments with images, each with K later moments at which the action head runs."""

    front: Tensor  # (B, 128, 128, 3) uint8
    left_wrist: Tensor
    right_wrist: Tensor
    joints: Tensor  # (B, 14) at the images' time
    instruction: Tensor  # (B,)
    later_joints: Tensor  # (B, K, 14)
    touch: Tensor  # (B, K, 4, 5, 3)
    chunk: Tensor  # (B, K, 10, 14) what the expert commanded
    valid: Tensor  # (B, K, 10) rows that are the expert's own
    pressed: Tensor  # (B, K)
    pixels: Tensor  # (B, 3, 8, 2)
    buttons: Tensor  # (B, 4, 3)
    target: Tensor  # (B,)
    arm: Tensor  # (B,)
    goal: Tensor  # (B, 3, 3)


class Dataset:
    """Concatenated demonstrations; a step and a tick are addressed by their global row."""

    def __init__(self, paths: list[Path], *, max_context_age_s: float) -> None:
        """Read shards.

        Args:
            paths: Shard files.
            max_context_age_s: Longest time between the images and the action, the live worst case.
        """
        demonstrations = [item for path in paths for item in read_shard(path)]
        if not demonstrations:
            raise ValueError('expected at least one demonstration, got none: generate some first')
        lengths = np.array([item.steps for item in demonstrations])
        self.size = len(demonstrations)
        self.age_ticks = round(max_context_age_s * 50)
        self._data: dict[str, NDArray[np.generic]] = {}
        for name in NAMES:
            parts = [getattr(item, name) for item in demonstrations]
            if name in EPISODE_WISE:
                self._data[name] = np.stack(parts)
            elif name == 'command':
                self._data[name] = np.concatenate([part[:-1] for part in parts])
                self._last = np.stack([part[-1] for part in parts])
            else:
                self._data[name] = np.concatenate(parts)
        del demonstrations
        self._episode = np.repeat(np.arange(self.size), lengths)
        self._end_tick = np.cumsum(lengths) * TICKS_PER_STEP
        self._burst = self._next_burst()

    @property
    def steps(self) -> int:
        """Return the number of moments with images."""
        return len(self._episode)

    @property
    def centre(self) -> NDArray[np.float64]:
        """Return the mean position of all buttons (3,) [m]."""
        return np.asarray(self._data['buttons'], dtype=np.float64).mean(axis=(0, 1))

    def _next_burst(self) -> NDArray[np.int64]:
        """Return for every step the first tick at or after it that starts a burst of noise."""
        noisy = np.asarray(self._data['noisy'], dtype=bool)
        burst = np.empty(len(noisy), dtype=np.int64)
        following = np.iinfo(np.int64).max
        for step in range(len(noisy) - 1, -1, -1):
            if noisy[step]:
                following = step * TICKS_PER_STEP
            burst[step] = following
        return burst

    def batch(self, rng: np.random.Generator, size: int, later: int) -> Batch:
        """Draw ``size`` moments, each with ``later`` action moments."""
        step = rng.integers(self.steps, size=size)
        episode = self._episode[step]
        delay = rng.integers(0, self.age_ticks + 1, size=(size, later))
        end = self._end_tick[episode][:, None]
        tick = np.minimum(step[:, None] * TICKS_PER_STEP + delay, end - 1)
        # Inside a burst the expert's intent is known only where it was asked: at the step's start.
        own = tick // TICKS_PER_STEP
        inside = np.asarray(self._data['noisy'])[own]
        tick = np.where(inside, own * TICKS_PER_STEP, tick)
        rows = tick[..., None] + TICKS_PER_STEP * np.arange(1, HORIZON + 1)
        command = np.asarray(self._data['command'])[np.minimum(rows, end[..., None] - 1)]
        beyond = rows >= end[..., None]
        command = np.where(beyond[..., None], self._last[episode][:, None, None], command)
        command[inside, 0] = np.asarray(self._data['clean'])[own[inside]]
        valid = rows <= self._burst[own][..., None]
        valid[inside] = np.arange(HORIZON) == 0
        per_step = {name: self._take(name, step) for name in STEPWISE}
        per_episode = {name: self._take(name, episode) for name in EPISODEWISE}
        return Batch(
            joints=self._take('joints', step * TICKS_PER_STEP),
            later_joints=self._take('joints', tick),
            touch=self._take('touch', tick),
            chunk=torch.from_numpy(command),
            valid=torch.from_numpy(valid),
            pressed=self._take('pressed', tick),
            **per_step,
            **per_episode,
        )

    def _take(self, name: str, index: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(self._data[name][index])


STEPWISE = ('front', 'left_wrist', 'right_wrist', 'pixels')
EPISODEWISE = ('instruction', 'buttons', 'target', 'arm', 'goal')
