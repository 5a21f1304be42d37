# SPDX-License-Identifier: Apache-2.0
"""The fast half: context, newest joint state and touch to a chunk of joint targets."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch import nn

from rho_learning.kinematics import ArmKinematics
from rho_learning.kinematics import TipState
from rho_learning.kinematics import damped_inverse
from rho_learning.kinematics import rotation_error
from rho_learning.model.context import Context
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import GRIPPER_CLOSED_M
from rho_learning.model.layout import HORIZON
from rho_learning.model.layout import JOINTS_PER_ARM
from rho_learning.model.layout import LATENT
from rho_learning.model.layout import ROW_S
from rho_learning.model.layout import TAXEL_AXES
from rho_learning.model.layout import TAXELS

TWIST = 6


class Motion(NamedTuple):
    """A chunk and the head's belief about contact."""

    chunk: Tensor  # (B, 10, 14) absolute joint targets in cell order
    pressed_logit: Tensor  # (B,)
    tips: TipState


class ActionHead(nn.Module):
    """An MLP that thinks in tip displacements and acts in joint targets.

    It sees the one arm the gates select, through kinematic features only, so what it learns with
    one arm holds for the other; the damped inverse of that arm's Jacobian turns its tip
    displacements y = J dq back into joint displacements.
    """

    home: Tensor
    times: Tensor

    DAMPING = 0.02
    WIDTH = 256
    TOUCH_SCALE_UT = 30.0
    HOMING_RAD_S = 0.05

    def __init__(self, kinematics: ArmKinematics, home: Tensor) -> None:
        """Build around fixed kinematics and the home position (14,)."""
        super().__init__()
        self.kinematics = kinematics
        self.register_buffer('home', home.reshape(len(ARMS), JOINTS_PER_ARM)[:, :-1])
        self.register_buffer('times', ROW_S * torch.arange(1, HORIZON + 1).reshape(1, -1, 1, 1))
        taxels = TAXELS * TAXEL_AXES
        self.touch = nn.Sequential(nn.Linear(2 * 2 * taxels, 32), nn.ReLU())
        features = 6 * 3 + 9 + (JOINTS_PER_ARM - 1) + 1
        self.layers = nn.Sequential(
            nn.Linear(features + 32 + LATENT, self.WIDTH),
            nn.SiLU(),
            nn.Linear(self.WIDTH, self.WIDTH),
            nn.SiLU(),
        )
        self.reach = nn.Linear(self.WIDTH, HORIZON * TWIST)
        self.hold = nn.Linear(self.WIDTH, HORIZON * TWIST)
        self.pressed = nn.Linear(self.WIDTH, 1)

    def forward(self, context: Context, proprioception: Tensor, touch: Tensor) -> Motion:
        """Compute the chunk from now on.

        Args:
            context: Newest context, possibly a quarter of a second old.
            proprioception: Newest joint positions (B, 14).
            touch: Newest field changes (B, 4, 5, 3) [uT], baseline subtracted.
        """
        joints = proprioception.reshape(-1, len(ARMS), JOINTS_PER_ARM)[..., :-1]
        tips = self.kinematics(joints)
        seen = self._features(context, joints, tips, touch)
        share = context.gates[..., None]
        selected = (share * seen).sum(dim=1)
        hidden = self.layers(torch.cat([selected, context.latent], dim=1))
        logit = self.pressed(hidden)
        holding = torch.sigmoid(logit)
        twist = (1.0 - holding) * self.reach(hidden) + holding * self.hold(hidden)
        twist = 0.1 * twist.reshape(-1, 1, HORIZON, TWIST)
        inverse = damped_inverse(tips.jacobian, self.DAMPING)
        step = torch.matmul(inverse[:, :, None], twist[..., None])[..., 0].transpose(1, 2)
        gate = context.gates[:, None, :, None]
        idle = torch.clamp((self.home - joints)[:, None] / self.times, -1.0, 1.0)
        idle = torch.clamp(idle, -self.HOMING_RAD_S, self.HOMING_RAD_S) * self.times
        rotary = joints[:, None] + gate * step + (1.0 - gate) * idle
        gripper = torch.full_like(rotary[..., :1], GRIPPER_CLOSED_M)
        return Motion(torch.cat([rotary, gripper], dim=-1).flatten(2), logit[:, 0], tips)

    def _features(self, context: Context, joints: Tensor, tips: TipState, touch: Tensor) -> Tensor:
        """Return what each arm would see if it were the acting one, (B, 2, F)."""
        goal = orthonormal(context.goal)[:, None]
        offset = context.target[:, None] - tips.position
        turn = rotation_error(goal.expand(tips.rotation.shape), tips.rotation)
        local = torch.matmul(goal.transpose(-1, -2), offset[..., None])[..., 0]
        side = torch.ones_like(joints[..., :1]) * torch.tensor([[1.0], [-1.0]])
        field = touch.reshape(-1, len(ARMS), 2 * TAXELS * TAXEL_AXES) / self.TOUCH_SCALE_UT
        felt = self.touch(torch.cat([torch.tanh(field), torch.tanh(0.1 * field)], dim=-1))
        return torch.cat(
            [
                5.0 * offset,
                torch.tanh(offset / 0.03),
                torch.tanh(offset / 0.008),
                torch.tanh(local / 0.03),
                torch.tanh(local / 0.008),
                2.0 * turn,
                tips.rotation.flatten(2),
                joints / 3.0,
                side,
                felt,
            ],
            dim=-1,
        )


def orthonormal(columns: Tensor) -> Tensor:
    """Gram-Schmidt: flattened ``rotation[..., :2]`` (B, 6) to (B, 3, 3)."""
    pair = columns.reshape(-1, 3, 2)
    first = pair[..., 0] / (pair[..., 0].square().sum(-1, keepdim=True) + 1e-9).sqrt()
    second = pair[..., 1] - (first * pair[..., 1]).sum(-1, keepdim=True) * first
    second = second / (second.square().sum(-1, keepdim=True) + 1e-9).sqrt()
    a, b, c = first.unbind(-1)
    x, y, z = second.unbind(-1)
    third = torch.stack([b * z - c * y, c * x - a * z, a * y - b * x], dim=-1)
    return torch.stack([first, second, third], dim=-1)
