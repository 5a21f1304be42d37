# SPDX-License-Identifier: Apache-2.0
"""The network's shapes and the guarantees that hold whatever the weights are."""

import numpy as np
import pytest
import torch

from rho_description import cell
from rho_learning.kinematics import rotation_error
from rho_learning.model.action_head import orthonormal
from rho_learning.model.context import Context
from rho_learning.model.layout import CONTEXT
from rho_learning.model.layout import FRONT_POINTS
from rho_learning.model.layout import LATENT
from rho_learning.model.policy import Policy
from rho_learning.model.policy import to_float
from rho_learning.model.vision import KeypointEncoder


@pytest.fixture(scope='module')
def policy() -> Policy:
    """A policy with random weights."""
    torch.manual_seed(0)
    embeddings = np.random.default_rng(0).normal(size=(12, 384))
    return Policy(cell(), embeddings=embeddings, centre=[0.45, 0.0, 0.09]).eval()


def context(gates: tuple[float, float], batch: int = 3) -> Context:
    """A context with given gates."""
    goal = torch.tensor([0.0, -1.0, -1.0, 0.0, 0.0, 0.0]).expand(batch, 6)
    target = torch.tensor([0.45, 0.1, 0.09]).expand(batch, 3)
    return Context(torch.tensor(gates).expand(batch, 2), target, goal, torch.zeros(batch, LATENT))


def home(batch: int = 3) -> torch.Tensor:
    """Home positions (batch, 14)."""
    return torch.tensor(cell().home, dtype=torch.float32).expand(batch, 14)


def test_context_has_the_stated_width(policy: Policy) -> None:
    front = to_float(torch.randint(0, 255, (3, 128, 128, 3), dtype=torch.uint8))
    wrist = to_float(torch.randint(0, 255, (3, 64, 64, 3), dtype=torch.uint8))
    seen, side = policy.see(front, (wrist, wrist), home(), torch.randn(3, 384))
    assert seen.flat().shape == (3, CONTEXT)
    assert side.front.shape == (3, FRONT_POINTS, 2)
    assert side.wrists.shape == (3, 2, 2)
    again = Context.from_flat(seen.flat())
    assert all(torch.equal(a, b) for a, b in zip(seen, again, strict=True))


def test_chunk_has_ten_rows_for_fourteen_joints(policy: Policy) -> None:
    motion = policy.act(context((1.0, 0.0)), home(), torch.zeros(3, 4, 5, 3))
    assert motion.chunk.shape == (3, 10, 14)


@pytest.mark.parametrize('arm', [0, 1])
def test_arm_that_is_not_meant_stays_exactly_at_home(policy: Policy, arm: int) -> None:
    gates = (1.0, 0.0) if arm == 0 else (0.0, 1.0)
    chunk = policy.act(context(gates), home(), torch.randn(3, 4, 5, 3)).chunk
    idle = slice(7, 14) if arm == 0 else slice(0, 7)
    acting = slice(0, 6) if arm == 0 else slice(7, 13)
    assert torch.equal(chunk[:, :, idle], home()[:, None, idle].expand(3, 10, 7))
    assert (chunk[:, :, acting] - home()[:, None, acting]).abs().max() > 1e-3


def test_idle_arm_away_from_home_returns_slowly(policy: Policy) -> None:
    away = home() + 0.2
    chunk = policy.act(context((0.0, 1.0)), away, torch.zeros(3, 4, 5, 3)).chunk
    moved = (chunk[0, :, 0] - away[0, 0]).detach()
    assert moved.numpy() == pytest.approx(-0.005 * np.arange(1, 11), abs=1e-6)


def test_orthonormal_makes_rotations() -> None:
    rotation = orthonormal(torch.randn(20, 6))
    product = rotation @ rotation.transpose(-1, -2)
    assert torch.allclose(product, torch.eye(3).expand(20, 3, 3), atol=1e-4)
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(20), atol=1e-4)


def test_orthonormal_keeps_the_columns_of_a_rotation(policy: Policy) -> None:
    rotation = policy.action.kinematics(torch.randn(4, 2, 6)).rotation[:, 0]
    again = orthonormal(rotation[..., :2].flatten(1))
    assert rotation_error(again, rotation).abs().max() < 1e-4


def test_keypoint_lands_where_the_heat_is() -> None:
    encoder = KeypointEncoder(64, text=4, keypoints=3, valued=1)
    assert encoder.grid.shape == (16 * 16, 2)
    # Cell (row 2, column 5) looks at pixel (8, 20) of an image whose last pixel is 63.
    x, y = encoder.grid[2 * 16 + 5].tolist()
    assert (x, y) == pytest.approx((2 * 20 / 63 - 1, 2 * 8 / 63 - 1))
