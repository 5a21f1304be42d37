# SPDX-License-Identifier: Apache-2.0
"""Imitation loss in tip space and the auxiliary losses that ground the context."""

import torch
from torch import Tensor
from torch.nn import functional

from rho_learning.data.dataset import Batch
from rho_learning.model.action_head import Motion
from rho_learning.model.action_head import orthonormal
from rho_learning.model.context import Context
from rho_learning.model.context import Grounding
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import HORIZON
from rho_learning.model.layout import JOINTS_PER_ARM

LINEAR_M = 0.01  # a tip error of this size costs 1
ANGULAR_RAD = 0.05
JOINT_RAD = 0.05
NEAR_M = 0.04  # moments this near to the target count up to three times


def imitation(motion: Motion, chunk: Tensor, valid: Tensor, target: Tensor) -> Tensor:
    """L1 between predicted and demonstrated chunk, as displacements of both tips and as joints.

    Args:
        motion: Prediction for M moments.
        chunk: Demonstrated chunks (M, 10, 14).
        valid: Rows that count (M, 10).
        target: Touch points (M, 3).
    """
    error = (motion.chunk - chunk).reshape(-1, HORIZON, len(ARMS), JOINTS_PER_ARM)[..., :-1]
    twist = torch.matmul(motion.tips.jacobian[:, None], error[..., None])[..., 0].abs()
    cost = twist[..., :3].sum(-1) / LINEAR_M + twist[..., 3:].sum(-1) / ANGULAR_RAD
    cost = cost + error.abs().sum(-1) / JOINT_RAD
    distance = (motion.tips.position - target[:, None]).norm(dim=-1).amin(dim=1)
    weight = 1.0 + 2.0 * torch.exp(-((distance / NEAR_M) ** 2))
    # The next rows are executed before the chunk is planned again; the late ones only shape it.
    soon = torch.linspace(2.0, 0.5, HORIZON)
    rows = valid * weight[:, None] * soon
    return (cost.mean(-1) * rows).sum() / rows.sum().clamp_min(1.0)


def grounding(context: Context, side: Grounding, batch: Batch) -> dict[str, Tensor]:
    """Return the auxiliary losses of the context part."""
    index = torch.arange(len(batch.target))
    position = batch.buttons[index, batch.target]
    target_pixels = batch.pixels[index, :, batch.target]
    front = torch.cat([target_pixels[:, :1], batch.pixels[:, 0]], dim=1)
    rotation = orthonormal(context.goal)
    return {
        'arm': functional.cross_entropy(side.arm_logits, batch.arm),
        'color': functional.cross_entropy(side.color_logits, batch.target),
        'position': (context.target - position).abs().mean() / LINEAR_M,
        'rotation': (rotation - batch.goal).abs().mean() / ANGULAR_RAD,
        'front': _pixel_loss(side.front, front),
        'wrists': _pixel_loss(side.wrists, target_pixels[:, 1:]),
    }


def _pixel_loss(predicted: Tensor, actual: Tensor) -> Tensor:
    """L1 in units of a tenth of the half image, over points that are in the image."""
    seen = (actual.abs() <= 1.0).all(dim=-1)
    error = (predicted - torch.nan_to_num(actual)).abs().sum(-1) / 0.1
    return (error * seen).sum() / seen.sum().clamp_min(1)


def contact(motion: Motion, pressed: Tensor) -> Tensor:
    """Binary cross entropy of the head's belief that the button is down."""
    return functional.binary_cross_entropy_with_logits(motion.pressed_logit, pressed.float())
