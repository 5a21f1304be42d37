# SPDX-License-Identifier: Apache-2.0
"""Both halves together, and how images enter them."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch import nn

from rho_learning.kinematics import ArmKinematics
from rho_learning.model.action_head import ActionHead
from rho_learning.model.action_head import Motion
from rho_learning.model.context import Context
from rho_learning.model.context import ContextNet
from rho_learning.model.context import Grounding
from rho_learning.model.text import TextEncoder


class Policy(nn.Module):
    """A context net and an action head around the same kinematics."""

    def __init__(
        self, kinematics: ArmKinematics, embeddings: Tensor, home: Tensor, centre: Tensor
    ) -> None:
        """Build with random weights.

        Args:
            kinematics: Both arms.
            embeddings: Sentence embeddings (N, 384) of the whole command set.
            home: Home position (14,).
            centre: Mean position of the targets (3,) [m].
        """
        super().__init__()
        text = TextEncoder.for_commands(embeddings)
        self.context = ContextNet(kinematics, text, home, centre)
        self.action = ActionHead(kinematics, home)

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


def build_policy(
    tip_pose: Callable[..., tuple[np.ndarray, np.ndarray]],
    jacobian: Callable[..., np.ndarray],
    *,
    embeddings: ArrayLike,
    home: ArrayLike,
    centre: ArrayLike,
) -> Policy:
    """Build a policy for the arms whose numeric kinematics are given; see :class:`Policy`."""
    kinematics = ArmKinematics.from_functions(tip_pose, jacobian, ('left', 'right'))

    def tensor(value: ArrayLike) -> Tensor:
        return torch.tensor(np.asarray(value), dtype=torch.float32)

    return Policy(kinematics, tensor(embeddings), tensor(home), tensor(centre))
