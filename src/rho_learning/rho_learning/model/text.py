# SPDX-License-Identifier: Apache-2.0
"""From the frozen sentence embedding to a small text feature."""

import torch
from torch import Tensor
from torch import nn

from rho_learning.model.layout import EMBEDDING


class TextEncoder(nn.Module):
    """Standardise per dimension over the command set, then a small MLP.

    Raw sentence embeddings of the commands are nearly parallel (cosine of left and right .989),
    so a network sees the words only after the statistics of the set are taken out.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: Tensor, scale: Tensor, width: int = 64) -> None:
        """Take mean and standard deviation of the command set's embeddings, each (384,)."""
        super().__init__()
        self.register_buffer('mean', mean)
        self.register_buffer('scale', scale)
        self.width = width
        self.layers = nn.Sequential(
            nn.Linear(EMBEDDING, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()
        )

    @classmethod
    def for_commands(cls, embeddings: Tensor, width: int = 64) -> 'TextEncoder':
        """Take the statistics of the embeddings (N, 384) of all commands."""
        return cls(embeddings.mean(0), embeddings.std(0).clamp_min(1e-4), width)

    def forward(self, embedding: Tensor) -> Tensor:
        """Encode embeddings (B, 384) to (B, width)."""
        standard = torch.clamp((embedding - self.mean) / self.scale, -4.0, 4.0)
        out: Tensor = self.layers(standard)
        return out
