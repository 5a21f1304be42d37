# SPDX-License-Identifier: Apache-2.0
"""The slow half: images, instruction and joint states to a grounded, mostly static context."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch import nn

from rho_learning.kinematics import ArmKinematics
from rho_learning.kinematics import TipState
from rho_learning.model.cell_cameras import CellCameras
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import COLORS
from rho_learning.model.layout import FRONT_POINTS
from rho_learning.model.layout import JOINTS_PER_ARM
from rho_learning.model.layout import LATENT
from rho_learning.model.text import TextEncoder
from rho_learning.model.vision import KeypointEncoder


class Context(NamedTuple):
    """What the action half is told; the named parts are grounded by auxiliary losses."""

    gates: Tensor  # (B, 2) share of the motion given to each arm, exactly 0 and 1 when sure
    target: Tensor  # (B, 3) touch point of the named target in the world frame [m]
    goal: Tensor  # (B, 6) first two columns of the tip rotation at the target
    latent: Tensor  # (B, LATENT)

    def flat(self) -> Tensor:
        """Concatenate to (B, CONTEXT)."""
        return torch.cat([self.gates, self.target, self.goal, self.latent], dim=1)

    @classmethod
    def from_flat(cls, flat: Tensor) -> 'Context':
        """Split (B, CONTEXT) again."""
        return cls(flat[:, :2], flat[:, 2:5], flat[:, 5:11], flat[:, 11:])


class Grounding(NamedTuple):
    """Side outputs that only the auxiliary losses look at."""

    arm_logits: Tensor  # (B, 2)
    color_logits: Tensor  # (B, 4)
    front: Tensor  # (B, 9, 2) keypoints: target, buttons in the order of COLORS, bases, tips
    wrists: Tensor  # (B, 2, 2) keypoint of the target in each wrist camera


class ContextNet(nn.Module):
    """Keypoint encoders, forward kinematics, camera geometry, text and a trunk in fp32."""

    CORRECTION_M = 0.03
    SHARPNESS = 4.0

    centre: Tensor
    upright: Tensor

    def __init__(
        self, kinematics: ArmKinematics, cameras: CellCameras, text: TextEncoder, centre: Tensor
    ) -> None:
        """Build around fixed geometry, a text encoder and the mean target position (3,)."""
        super().__init__()
        self.kinematics = kinematics
        self.cameras = cameras
        self.text = text
        self.front = KeypointEncoder(CAMERA_SIZES['front'], text.width, keypoints=32, valued=5)
        self.wrist = KeypointEncoder(
            CAMERA_SIZES['left_wrist'], text.width, keypoints=16, valued=2
        )
        self.color = nn.Linear(text.width, len(COLORS))
        rotary = JOINTS_PER_ARM - 1
        encoders = self.front.width + len(ARMS) * self.wrist.width
        geometry = 2 * (2 + len(COLORS) + 2 * len(ARMS)) + 2 * 2 * 2 * len(ARMS)
        state = len(ARMS) * (3 + 6 + rotary)
        self.trunk = nn.Sequential(
            nn.Linear(encoders + geometry + state + text.width, 384),
            nn.ReLU(),
            nn.Linear(384, 384),
            nn.ReLU(),
        )
        self.heads = nn.Linear(384, len(ARMS) + 3 + 6 + LATENT)
        self.register_buffer('centre', centre)
        # A random start can end half a turn away, where the gradient of the rotation vanishes.
        self.register_buffer('upright', cameras.upright)

    def forward(
        self,
        front: Tensor,
        wrists: tuple[Tensor, Tensor],
        proprioception: Tensor,
        embedding: Tensor,
    ) -> tuple[Context, Grounding]:
        """Compute the context of one moment.

        Args:
            front: Image (B, 3, 128, 128) in [-0.5, 0.5].
            wrists: Left and right wrist image, each (B, 3, 64, 64).
            proprioception: Joint positions (B, 14) at the images' time.
            embedding: Sentence embedding (B, 384).
        """
        words = self.text(embedding)
        seen = self.front(front, words)
        views = [self.wrist(image, words) for image in wrists]
        joints = proprioception.reshape(-1, len(ARMS), JOINTS_PER_ARM)[..., :-1]
        tips = self.kinematics(joints)
        color = self.color(words)
        points = seen.keypoints[:, :FRONT_POINTS]
        buttons = points[:, 1 : 1 + len(COLORS)]
        pointed = torch.matmul(torch.softmax(color, dim=1)[:, None], buttons)
        wrist_points = torch.stack([view.keypoints[:, 0] for view in views], dim=1)
        guess, geometry = self._geometry(points, pointed, wrist_points, tips)
        state = [
            4.0 * tips.position.flatten(1),
            tips.rotation[..., :2].flatten(1),
            joints.flatten(1) / 3.0,
        ]
        parts = [seen.flat(), *(view.flat() for view in views), geometry, *state, words]
        out = self.heads(self.trunk(torch.cat(parts, dim=1)))
        logits = out[:, :2]
        share = torch.softmax(logits, dim=1)
        context = Context(
            # Saturated, so that an arm that is not meant stays exactly where it is.
            gates=torch.clamp(self.SHARPNESS * (share - 0.5) + 0.5, 0.0, 1.0),
            target=guess + self.CORRECTION_M * out[:, 2:5],
            goal=self.upright + out[:, 5:11],
            latent=torch.tanh(out[:, 11:]),
        )
        return context, Grounding(logits, color, points, wrist_points)

    def _geometry(
        self, points: Tensor, pointed: Tensor, wrist_points: Tensor, tips: TipState
    ) -> tuple[Tensor, Tensor]:
        """Return a first guess of the target (B, 3), and what helps to correct it (B, G).

        What the nominal cameras make of the keypoints disagrees with forward kinematics and from
        camera to camera: these differences tell how far the cameras are from their nominal place.
        """
        buttons = torch.cat([points[:, : 1 + len(COLORS)], pointed], dim=1)
        on_box = self.cameras.front_onto_plane(buttons, self.centre)
        others, target = on_box[:, :-1], on_box[:, -1:]
        known = self.cameras.front_keypoints(tips.position)
        misfit = torch.clamp(points[:, -2 * len(ARMS) :] - known, -0.5, 0.5)
        close = self.cameras.wrists_onto_plane(wrist_points, tips, self.centre) - target
        reach = tips.position[..., :2] - self.centre[:2] - target
        near = torch.cat([close, reach], dim=1)
        features = [
            10.0 * target.flatten(1),
            10.0 * (others - target).flatten(1),
            20.0 * misfit.flatten(1),
            torch.tanh(near / 0.1).flatten(1),
            torch.tanh(near / 0.02).flatten(1),
        ]
        height = torch.zeros_like(target[..., :1])
        guess = self.centre + torch.cat([target, height], dim=-1)[:, 0]
        return guess, torch.cat(features, dim=1)
