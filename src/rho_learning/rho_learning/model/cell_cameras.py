# SPDX-License-Identifier: Apache-2.0
"""The three cameras of the cell and the few fixed points the front camera should see."""

import numpy as np
import torch
from torch import Tensor
from torch import nn

from rho_description import CellDescription
from rho_description import kinematics
from rho_learning.kinematics import TipState
from rho_learning.model.camera import CameraModel
from rho_learning.model.layout import ARMS


class CellCameras(nn.Module):
    """Nominal geometry from the description; wrist cameras move with the tips."""

    bases: Tensor
    upright: Tensor

    def __init__(self, description: CellDescription) -> None:
        """Read camera poses, arm bases and the tip rotation at home."""
        super().__init__()
        front = description.camera('front')
        self.front = CameraModel(front.parent_from_optical, front.focal_px, front.width)
        tip_from_tool = np.linalg.inv(description.tool_from_tip())
        wrist = description.camera(f'{ARMS[0]}_wrist')
        pose = tip_from_tool @ wrist.parent_from_optical
        self.wrist = CameraModel(pose, wrist.focal_px, wrist.width)
        bases = [description.arm(arm).base_pose[:3, 3] for arm in ARMS]
        _, rotation = kinematics.tip_pose(ARMS[0], description.arm(ARMS[0]).home[:6])
        for name, value in (('bases', np.array(bases)), ('upright', rotation[:, :2].flatten())):
            tensor = torch.tensor(value, dtype=torch.float32)
            self.register_buffer(name, tensor, persistent=False)

    def front_onto_plane(self, keypoints: Tensor, centre: Tensor) -> Tensor:
        """Bring keypoints of the front camera (B, N, 2) onto the plane through ``centre``."""
        rotation = torch.eye(3).expand(keypoints.shape[0], 3, 3)
        position = torch.zeros_like(rotation[..., 0])
        return self.front.onto_plane(keypoints, position, rotation, centre)

    def wrists_onto_plane(self, keypoints: Tensor, tips: TipState, centre: Tensor) -> Tensor:
        """Bring one keypoint per wrist camera (B, A, 2) onto the plane through ``centre``."""
        found = [
            self.wrist.onto_plane(
                keypoints[:, arm : arm + 1], tips.position[:, arm], tips.rotation[:, arm], centre
            )
            for arm in range(len(ARMS))
        ]
        return torch.cat(found, dim=1)

    def front_keypoints(self, tips: Tensor) -> Tensor:
        """Project the arms' bases and tips (B, A, 3) into the front camera, (B, 2 A, 2)."""
        bases = self.bases.expand(tips.shape[0], len(ARMS), 3)
        return self.front.keypoints(torch.cat([bases, tips], dim=1))
