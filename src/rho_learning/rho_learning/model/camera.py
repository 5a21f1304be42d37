# SPDX-License-Identifier: Apache-2.0
"""Nominal camera geometry: from keypoints to a plane, and from points to keypoints."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch import nn

Array = NDArray[np.float64]


class CameraModel(nn.Module):
    """A pinhole camera fixed to a frame, as the cell's description states it.

    The real camera sits a little elsewhere; what this model gives is a first guess that the
    network corrects. Keypoints are in [-1, 1] between the centres of the border pixels.
    """

    STEEPEST = -0.1
    REACH_M = 0.5

    parent_from_optical: Tensor
    translation: Tensor

    def __init__(self, parent_from_optical: Array, focal_px: float, size_px: int) -> None:
        """Take the pose in the parent's frame (4, 4), optical axes x right, y down, z ahead."""
        super().__init__()
        self._slope = (size_px - 1) / 2.0 / focal_px
        pose = torch.tensor(parent_from_optical, dtype=torch.float32)
        self.register_buffer('parent_from_optical', pose[:3, :3], persistent=False)
        self.register_buffer('translation', pose[:3, 3], persistent=False)

    def onto_plane(
        self, keypoints: Tensor, position: Tensor, rotation: Tensor, centre: Tensor
    ) -> Tensor:
        """Intersect rays with the horizontal plane through ``centre``.

        Args:
            keypoints: (B, N, 2).
            position: Origin of the parent frame in the world (B, 3) [m].
            rotation: Its rotation (B, 3, 3).
            centre: A point of the plane (3,); results stay within reach of it.

        Returns:
            x and y relative to the centre (B, N, 2) [m].
        """
        ahead = torch.ones_like(keypoints[..., :1])
        rays = torch.cat([self._slope * keypoints, ahead], dim=-1)
        turn = torch.matmul(rotation, self.parent_from_optical)
        rays = torch.matmul(rays, turn.transpose(-1, -2))
        origin = position + torch.matmul(rotation, self.translation)
        # Rays above the horizon have no intersection: a far one stands in.
        falling = torch.clamp(rays[..., 2:], max=self.STEEPEST)
        length = (centre[2] - origin[:, None, 2:]) / falling
        offset = origin[:, None, :2] - centre[:2] + length * rays[..., :2]
        return torch.clamp(offset, -self.REACH_M, self.REACH_M)

    def keypoints(self, points: Tensor) -> Tensor:
        """Project world points (B, N, 3); only for a camera whose parent is the world."""
        local = torch.matmul(points - self.translation, self.parent_from_optical)
        return local[..., :2] / torch.clamp(local[..., 2:], min=0.1) / self._slope
