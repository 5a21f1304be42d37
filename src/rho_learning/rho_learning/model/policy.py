# SPDX-License-Identifier: Apache-2.0
"""Both halves together, and how images enter them."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch import nn

from rho_description import CellDescription
from rho_description import kinematics
from rho_learning.kinematics import ArmKinematics
from rho_learning.model.action_head import ActionHead
from rho_learning.model.action_head import Motion
from rho_learning.model.cell_cameras import CellCameras
from rho_learning.model.context import Context
from rho_learning.model.context import ContextNet
from rho_learning.model.context import Grounding
from rho_learning.model.layout import ARMS
from rho_learning.model.text import TextEncoder


class Policy(nn.Module):
    """A context net and an action head around the same kinematics."""

    def __init__(
        self, description: CellDescription, *, embeddings: ArrayLike, centre: ArrayLike
    ) -> None:
        """Build with random weights.

        Args:
            description: The cell: arms, cameras, home position.
            embeddings: Sentence embeddings (N, 384) of the whole command set.
            centre: Mean position of the targets (3,) [m].
        """
        super().__init__()
        arms = ArmKinematics.from_functions(kinematics.tip_pose, kinematics.jacobian, ARMS)
        text = TextEncoder.for_commands(_tensor(embeddings))
        self.context = ContextNet(arms, CellCameras(description), text, _tensor(centre))
        self.action = ActionHead(arms, _tensor(description.home))

    def see(
        self, front: Tensor, wrists: tuple[Tensor, Tensor], joints: Tensor, embedding: Tensor
    ) -> tuple[Context, Grounding]:
        """Run the context half on images from :func:`to_float`."""
        context, grounding = self.context(front, wrists, joints, embedding)
        return context, grounding

    def act(self, context: Context, joints: Tensor, touch: Tensor) -> Motion:
        """Run the action half."""
        motion: Motion = self.action(context, joints, touch)
        return motion


def to_float(image: Tensor) -> Tensor:
    """Bring uint8 images (B, H, W, 3) to floats (B, 3, H, W) about zero."""
    return image.permute(0, 3, 1, 2).float() / 255.0 - 0.5


def _tensor(value: ArrayLike) -> Tensor:
    return torch.tensor(np.asarray(value), dtype=torch.float32)
