# SPDX-License-Identifier: Apache-2.0
"""Language-conditioned convolutional encoder whose output is where things are in the image."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch import nn


class ImageFeatures(NamedTuple):
    """What one camera contributes to the context."""

    keypoints: Tensor  # (B, K, 2) x right, y down, in [-1, 1] at pixel centres of the border
    values: Tensor  # (B, V * C) features averaged under the first V keypoints' heat maps

    def flat(self) -> Tensor:
        """Concatenate both into (B, F)."""
        return torch.cat([self.keypoints.flatten(1), self.values], dim=1)


class KeypointEncoder(nn.Module):
    """Small CNN without normalisation layers, FiLM from the text, spatial softmax on top."""

    grid: Tensor

    def __init__(self, size_px: int, text: int, keypoints: int, valued: int) -> None:
        """Build for square images.

        Args:
            size_px: Image side; the heat maps have a quarter of it.
            text: Width of the text feature.
            keypoints: Number of spatial-softmax points.
            valued: How many of them also read out features.
        """
        super().__init__()
        channels = 48
        self.valued = valued
        self.bfloat16_training = False
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.ReLU(),
        )
        self.conditioned = nn.Conv2d(32, channels, 3, padding=1)
        self.film = nn.Linear(text, 2 * channels)
        self.wide = nn.Conv2d(channels, channels, 3, padding=2, dilation=2)
        self.heat = nn.Conv2d(channels, keypoints, 1)
        self.width = 2 * keypoints + valued * channels
        # Two strided convolutions centre cell i of the heat map on pixel 4 i.
        axis = 8.0 * torch.arange(size_px // 4) / (size_px - 1) - 1.0
        y, x = torch.meshgrid(axis, axis, indexing='ij')
        grid = torch.stack([x.flatten(), y.flatten()], dim=-1)
        self.register_buffer('grid', grid, persistent=False)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def use_fast_training(self) -> None:
        """Train the convolutions in bfloat16 with channels last: half the time on a CPU."""
        self.bfloat16_training = True
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.data = module.weight.data.contiguous(
                    memory_format=torch.channels_last
                )

    def forward(self, image: Tensor, text: Tensor) -> ImageFeatures:
        """Encode images (B, 3, H, W), about zero mean, under text features (B, T)."""
        scale, shift = self.film(text)[..., None, None].chunk(2, dim=1)
        fast = self.bfloat16_training and self.training
        with torch.autocast('cpu', torch.bfloat16, enabled=fast):
            features = torch.relu(self.conditioned(self.stem(image)) * (1.0 + scale) + shift)
            features = (features + torch.relu(self.wide(features))).float()
        # Heat maps stay in fp32: eight bits of mantissa would move the keypoints.
        heat = torch.softmax(self.heat(features).flatten(2), dim=-1)
        values = torch.matmul(heat[:, : self.valued], features.flatten(2).transpose(1, 2))
        return ImageFeatures(torch.matmul(heat, self.grid), values.flatten(1))
