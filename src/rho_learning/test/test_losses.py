# SPDX-License-Identifier: Apache-2.0
"""Losses vanish for the right answer and look only at what counts."""

import pytest
import torch
from torch import Tensor

from rho_description import cell
from rho_learning.data.dataset import Batch
from rho_learning.model.action_head import Motion
from rho_learning.model.context import Context
from rho_learning.model.context import Grounding
from rho_learning.model.layout import FRONT_POINTS
from rho_learning.model.layout import LATENT
from rho_learning.model.policy import Policy
from rho_learning.training.losses import contact
from rho_learning.training.losses import grounding
from rho_learning.training.losses import imitation


@pytest.fixture(scope='module')
def motion() -> Motion:
    """A prediction for two moments at home."""
    torch.manual_seed(0)
    policy = Policy(cell(), embeddings=torch.randn(12, 384), centre=[0.45, 0.0, 0.09])
    goal = torch.tensor([0.0, -1.0, -1.0, 0.0, 0.0, 0.0]).expand(2, 6)
    target = torch.tensor([0.45, 0.1, 0.09]).expand(2, 3)
    context = Context(torch.tensor([[1.0, 0.0]] * 2), target, goal, torch.zeros(2, LATENT))
    home = torch.tensor(cell().home, dtype=torch.float32).expand(2, 14)
    return policy.act(context, home, torch.zeros(2, 4, 5, 3))


def cost(motion: Motion, chunk: Tensor, valid: Tensor | None = None) -> float:
    """Return the imitation loss far from the target."""
    valid = torch.ones(2, 10, dtype=torch.bool) if valid is None else valid
    return float(imitation(motion, chunk, valid, torch.full((2, 3), 9.0)).detach())


def test_imitation_of_the_expert_costs_nothing(motion: Motion) -> None:
    assert cost(motion, motion.chunk.detach()) == 0.0


def test_imitation_measures_tip_displacement(motion: Motion) -> None:
    small = motion.chunk.detach().clone()
    small[..., 0] += 0.01
    large = motion.chunk.detach().clone()
    large[..., 0] += 0.02
    assert cost(motion, large) == pytest.approx(2.0 * cost(motion, small), rel=1e-3)
    # The shoulder swings the whole arm, the last joint only turns the gripper.
    wrist = motion.chunk.detach().clone()
    wrist[..., 5] += 0.01
    assert cost(motion, wrist) < 0.6 * cost(motion, small)


def test_imitation_ignores_masked_rows_and_the_gripper(motion: Motion) -> None:
    chunk = motion.chunk.detach().clone()
    chunk[:, 3:, 0] += 0.5
    chunk[:, :, 6] += 0.04
    valid = torch.arange(10).expand(2, 10) < 3
    assert cost(motion, chunk, valid) == 0.0


def answer() -> tuple[Context, Grounding, Batch]:
    """A perfect context for a batch of one, and the batch."""
    pixels = torch.linspace(-0.8, 0.8, 3 * 8 * 2).reshape(1, 3, 8, 2)
    goal = torch.tensor([[[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]]])
    buttons = torch.tensor([[[0.4, 0.1, 0.1], [0.5, 0.1, 0.1], [0.4, 0.0, 0.1], [0.5, 0.0, 0.1]]])
    labels = {'pixels': pixels, 'buttons': buttons, 'goal': goal}
    labels |= {'target': torch.tensor([2]), 'arm': torch.tensor([1])}
    nothing = torch.zeros(1)
    batch = Batch(**{name: labels.get(name, nothing) for name in Batch._fields})
    latent = torch.zeros(1, LATENT)
    context = Context(latent[:, :2], buttons[:, 2], goal[..., :2].flatten(1), latent)
    front = torch.cat([pixels[:, 0, 2:3], pixels[:, 0]], dim=1)
    assert front.shape == (1, FRONT_POINTS, 2)
    sure = torch.tensor([[-20.0, 20.0]])
    color = torch.tensor([[-20.0, -20.0, 20.0, -20.0]])
    return context, Grounding(sure, color, front, pixels[:, 1:, 2]), batch


def test_grounding_of_a_perfect_context_costs_nothing() -> None:
    losses = grounding(*answer())
    assert set(losses) == {'arm', 'color', 'position', 'rotation', 'front', 'wrists'}
    assert max(float(value) for value in losses.values()) < 1e-4


def test_grounding_ignores_points_outside_the_image() -> None:
    context, side, batch = answer()
    pixels = batch.pixels.clone()
    pixels[:, 1:] = 3.0
    pixels[:, 0, 7] = float('nan')
    losses = grounding(context, side, batch._replace(pixels=pixels))
    assert float(losses['wrists']) == 0.0
    assert float(losses['front']) < 1e-4


def test_contact_rewards_the_right_belief(motion: Motion) -> None:
    sure = motion._replace(pressed_logit=torch.tensor([10.0, -10.0]))
    assert float(contact(sure, torch.tensor([True, False]))) < 1e-3
    assert float(contact(sure, torch.tensor([False, True]))) > 5.0
